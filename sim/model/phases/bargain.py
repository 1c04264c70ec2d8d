"""States counter every power's terms with what its other suitors are worth."""

from sim.model.compiling import inlined, phase
from sim.model.parameters import region, terms
from sim.model.rules.arithmetic import positive
from sim.model.rules.region import common_voice
from sim.model.rules.terms import (
    bargaining_power,
    local_content,
    processing_granted,
    suitor_weight,
    terms_left,
)


@inlined
def lay_table(w, i):
    """List the lanes in which there is an offer to state i, power by power and kind by kind; old answers are gone."""
    powers, kinds, lanes = w.size.shape[1:]
    for j in range(powers):
        for k in range(kinds):
            for n in range(w.table_first[i, j, k], w.table_last[i, j, k]):
                w.accepted[i, j, k, w.table_lane[i, n]] = 0.0
    laid = 0
    for j in range(powers):
        for k in range(kinds):
            w.table_first[i, j, k] = laid
            for n in range(w.laid_first[j, i, k], w.laid_last[j, i, k]):
                w.table_lane[i, laid] = w.laid_lane[j, n]
                laid += 1
            w.table_last[i, j, k] = laid


@phase
def bargain_state(w, p, t, i):
    """State i counters every power's terms with what its other suitors are worth."""
    powers, kinds, lanes = w.size.shape[1:]
    lay_table(w, i)
    for lane in range(lanes):
        w.suitors_together[lane] = 0.0
    for j in range(powers):
        for lane in range(lanes):
            w.suitor[i, j, lane] = 0.0
        for k in range(kinds):
            for n in range(w.table_first[i, j, k], w.table_last[i, j, k]):
                lane = w.table_lane[i, n]
                w.suitor[i, j, lane] += suitor_weight(w.size[i, j, k, lane], w.scale[i, k, lane])
        for lane in range(lanes):
            w.suitors_together[lane] += w.suitor[i, j, lane]
    for j in range(powers):
        for lane in range(lanes):
            alone = bargaining_power(
                positive(w.suitors_together[lane] - w.suitor[i, j, lane]),
                w.partners[i, lane] / powers,
                w.capability[i, lane],
                w.pressure[i, j, lane] * w.others_recent[i, j, lane],
                w.others_recent[i, j, lane],
                p[terms.overlapping_spheres, lane],
                p[terms.suitor_part, lane],
                p[terms.breadth_part, lane],
                p[terms.pressure_showing, lane],
                p[terms.track_chip, lane],
            )
            power = common_voice(alone, w.cohesive[i, lane], p[region.collective_bargaining, lane])
            w.bargaining[i, j, lane] = power
            w.local[i, j, lane] = processing_granted(
                local_content(power, p[terms.local_share, lane]),
                w.processing[i, lane],
                w.summit[i, j, lane],
                p[terms.agenda_shaping, lane],
            )
        for k in range(kinds):
            for n in range(w.table_first[i, j, k], w.table_last[i, j, k]):
                lane = w.table_lane[i, n]
                agreed = w.agreed[i, j, k, lane]
                w.signed[i, j, k, lane] = terms_left(
                    w.asked[i, j, k, lane], w.bargaining[i, j, lane], agreed, p[terms.concession, lane]
                )
                w.strings[i, j, k, lane] = terms_left(w.strings[i, j, k, lane], 0.0, agreed, p[terms.concession, lane])
