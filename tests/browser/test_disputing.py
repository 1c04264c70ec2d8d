"""A number is doubted: from its label to a document, the place in it and its leanings, and to what the class says."""

from sim.evidence.evidence import load_evidence


def test_a_label_leads_to_document_place_leaning_basis_and_influence(open_window):
    window = open_window().settled()
    name = window.page.locator("#sliders .slider").first.get_attribute("data-name")
    window.page.locator("#sliders .slider [data-do=source]").first.click()
    window.settled()
    assert window.state("state.view") == "dispute"
    told = window.page.inner_text("#dispute")
    evidence = load_evidence()
    number = evidence.numbers[name]
    facts = [evidence.facts[fact] for fact in number.evidence]
    assert facts
    documents = [evidence.documents[fact.document] for fact in facts]
    assert name in told
    assert str(number.basis.value) in told
    assert any(document.bias.split(".")[0] in told for document in documents)
    assert any(fact.locator in told for fact in facts)


def test_a_number_is_found_by_words_and_gets_a_slider_that_moves_worlds(open_window):
    window = open_window(size=(1024, 768)).settled()
    window.view("dispute")
    window.page.fill("#dispute input[type=search]", "dependence aversion")
    window.page.click("#dispute [data-do=add] >> nth=0")
    window.settled()
    name = window.page.locator("#sliders .slider").first.get_attribute("data-name")
    assert window.page.locator("#sliders .slider").count() <= 5
    window.page.locator("#sliders input[type=range]").first.press("End")
    window.settled()
    assert list(window.state("state.numbers")) == [name]
    window.page.locator("#sliders [data-do=reset_all]").click()
    window.settled()
    assert window.state("state.numbers") == {}


def test_opinions_of_pupils_reach_the_teacher_and_are_played(open_window, server):
    teacher, *pupils = (open_window(address).settled() for address in (None, server.pupils, server.pupils))
    for window in (teacher, *pupils):
        window.page.locator("#sliders .slider [data-do=source]").first.click()
        window.settled()
    for pupil, key in zip(pupils, ("Home", "End"), strict=True):
        pupil.page.locator("#dispute input[type=range]").press(key)
        pupil.page.click("#dispute [data-do=say]")
        pupil.settled()
    teacher.page.wait_for_selector("#dispute [data-do=play]")
    teacher.settled()
    assert teacher.barriers() == []
    assert pupils[0].barriers() == []
    teacher.page.click("#dispute [data-do=play]")
    teacher.settled()
    assert teacher.state("state.view") == "look"
    assert len(teacher.state("state.opinions")) == 1
    assert teacher.state("state.numbers") == {}
