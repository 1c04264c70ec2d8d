"""What shows itself in a notebook: as a card, drawn at the top of the house, and never as an error of its own."""

from html import escape

from sim.io.errors import InputError


class Shown:
    """What Jupyter, and whoever asks as Jupyter does, shows as a card (`sim.card`); mixed in."""

    def _repr_html_(self) -> str:
        """The card as HTML; what is wrong with a folder stands in its place."""
        import sim  # cards are drawn above whatever they show, so they are asked for at the front door

        try:
            return sim.card(self)
        except InputError as error:
            return f"<pre>{escape(str(error))}</pre>"
