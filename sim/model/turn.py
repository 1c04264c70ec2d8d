"""One turn (a quarter), written once. Ten phases, each for one actor, over all lanes of a block.

    climate    events, rivalry, what flows, income, unrest            powers, states
    perceive   needs in order, belief, who checks whom                states
    offer      which offers, how large, on what terms                 powers
    bargain    what rival suitors are worth                           states
    choose     what is on the table, the most pressing need first     states
    diplomacy  visits, and whom they and the signatures provoke       states
    deliver    pipelines, works, trade                                states
    react      counter-offers, pressure, standing                     powers
    feel       trust, resentment, sides; might and formats            states, powers
    record     stock is taken and what is measured is kept            states

Everyone moves at once: a phase is over for all actors before the next begins, a phase reads what earlier phases left,
and it writes only rows of its own actor. The order in which actors are asked can therefore never matter.

`advance` is the only door. The ensemble opens it once a block and plays all quarters; Mesa's agents open it for
themselves, phase by phase, with one lane: the same compiled code, the same bits.
"""

from sim.model.compiling import entry
from sim.model.phases.bargain import bargain_state
from sim.model.phases.choose import choose_state
from sim.model.phases.climate import climate_power, climate_state, happen
from sim.model.phases.deliver import deliver_state
from sim.model.phases.diplomacy import diplomacy_state
from sim.model.phases.feel import feel_power, feel_state
from sim.model.phases.layout import LAST
from sim.model.phases.offer import offer_power
from sim.model.phases.perceive import perceive_state
from sim.model.phases.react import react_power
from sim.model.phases.record import record_state, start_state
from sim.model.schedule import GO_ON, Phase

# The compiler wants plain whole numbers
_ALL, _START, _EVENTS, _RECORD = int(Phase.ALL), int(Phase.START), int(Phase.EVENTS), int(Phase.RECORD)
_CLIMATE_POWER, _CLIMATE_STATE = int(Phase.CLIMATE_POWER), int(Phase.CLIMATE_STATE)
_PERCEIVE, _OFFER, _BARGAIN, _CHOOSE = int(Phase.PERCEIVE), int(Phase.OFFER), int(Phase.BARGAIN), int(Phase.CHOOSE)
_DIPLOMACY, _DELIVER, _REACT = int(Phase.DIPLOMACY), int(Phase.DELIVER), int(Phase.REACT)
_FEEL_STATE, _FEEL_POWER = int(Phase.FEEL_STATE), int(Phase.FEEL_POWER)


@entry
def advance(store, p, happenings, first, quarters, phase, actor, pole, by_power, by_state):
    """Play `quarters` quarters from quarter `first` on, or only one phase of one actor.

    store: `sim.model.world.Store`; p: float64 [numbers, lanes]; happenings: float64 [events, 10 + lanes] (see
    `sim.engine.ensemble`); phase, actor: a `sim.model.schedule.Phase` and the position of the actor, and with ALL 0,
    or `GO_ON` where the world has started before; pole: float64 [powers]; by_power [quarters, states, powers, measures,
    lanes] and by_state [quarters, states, measures, lanes]: float64, filled.
    """
    states, powers = store.state_key.shape[0], store.power_key.shape[0]
    everything = phase == _ALL
    for step in range(quarters):
        t = first + step
        # one phase after the other; what is asked for decides where to begin and to stop, and for whom
        for now in range(_START, _RECORD + 1):
            if not everything and now != phase:
                continue
            if everything and now == _START and (step > 0 or actor == GO_ON):
                continue
            if now == _EVENTS:
                for event in range(happenings.shape[0]):
                    if happenings[event, 0] <= t <= happenings[event, LAST]:
                        happen(store, p, t, happenings[event])
                continue
            of_powers = now == _CLIMATE_POWER or now == _OFFER or now == _REACT or now == _FEEL_POWER  # noqa: PLR1714
            actors = powers if of_powers else states
            begin, end = (0, actors) if everything else (actor, min(actor + 1, actors))
            if now == _START:
                start_state(store, p, t, begin, end)
            elif now == _CLIMATE_POWER:
                climate_power(store, p, t, begin, end)
            elif now == _CLIMATE_STATE:
                climate_state(store, p, t, begin, end)
            elif now == _PERCEIVE:
                perceive_state(store, p, t, begin, end)
            elif now == _OFFER:
                offer_power(store, p, t, begin, end)
            elif now == _BARGAIN:
                bargain_state(store, p, t, begin, end)
            elif now == _CHOOSE:
                choose_state(store, p, t, begin, end)
            elif now == _DIPLOMACY:
                diplomacy_state(store, p, t, begin, end)
            elif now == _DELIVER:
                deliver_state(store, p, t, begin, end)
            elif now == _REACT:
                react_power(store, p, t, begin, end)
            elif now == _FEEL_STATE:
                feel_state(store, p, t, begin, end)
            elif now == _FEEL_POWER:
                feel_power(store, p, t, begin, end)
            else:
                record_state(store, p, t, begin, end, pole, by_power[step], by_state[step])
