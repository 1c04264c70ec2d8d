// The view Look: what becomes of the states in hundreds of worlds, at the quarter that the slider stands at.
import {ask, el, emit, on, options, post, say, state, turnTo} from './base.js';
import * as charts from './charts.js';

let [root, panels, slider, shapes, other, beside, besideBefore] = [];

// Bet first: states have a bar to drag, and what the worlds say is hidden until somebody lets them run. A lesson asks
// for a word, from the middle; by hand it is the first word, from where it stands.
const openBet = (asked) => {
  const {look: seen, quarter: at} = state, {word, state: who} = asked || {};
  const start = ({code}, row) => !word ? Math.round(charts.chance(seen, at, row)) : !who || who === code ? 50 : null;
  state.bet = asked && seen ? {...asked, open: true, word: word ?? seen.kept, said: seen.states.map(start)} : asked;
  root.querySelector('.bet-first').checked = Boolean(asked);
  draw();
};
const run = () => {
  if (state.bet?.open && Object.keys(state.bet.numbers ?? {}).length) { // it is about worlds with sliders moved
    Object.assign(state, {numbers: {...state.bet.numbers}, opinions: []});
    emit('numbers', {settled: true});
  } else if (state.bet?.open) ask();
  Object.assign(state.bet ?? {}, {open: false, at: state.bet?.at ?? state.quarter});
  draw();
};
const betting = ({word, said}, {states, quarters}) => el('article', {},
  el('p', {}, say('look.betting', {word, quarter: quarters[state.quarter]})),
  el('div', {class: 'bars'}, states.map(({name}, row) => said[row] === null ? null : [el('span', {}, name),
    el('input', {type: 'range', class: 'bet', value: said[row], 'aria-label': name, style: {'--share': `${said[row]}%`},
      oninput: ({target: bar}) => {
        said[row] = Number(bar.value);
        bar.style.setProperty('--share', `${bar.value}%`);
        bar.nextSibling.textContent = `${bar.value} %`;
      }}), el('output', {class: 'number'}, `${said[row]} %`)])), el('button', {onclick: run}, say('look.run')));
const column = (seen, before, key) => {
  const at = Math.max(seen.quarters.indexOf(state.look.quarters[state.quarter]), 0);
  const bet = !key && state.bet?.at === at ? state.bet : null;
  const off = bet?.said.flatMap((said, row) =>
    said === null ? [] : Math.abs(charts.chance(seen, at, row, bet.word) - said));
  return el('article', {}, beside && el('h2', {}, seen.title), charts.bars(seen, at, before, bet),
    off && el('p', {}, say('look.overall', {points: Math.round(off.reduce((a, b) => a + b, 0) / off.length)})),
    charts.legend(seen), charts[root.dataset.chart](seen, at, before, shapes, key));
};
const draw = () => {
  const {look: seen, before, bet, quarter} = state;
  if (!shapes || !seen) return;
  panels.replaceChildren(...(bet?.open ? [betting(bet, seen), charts.map(seen, quarter, null, shapes, 0)]
    : [[seen, before], [beside, besideBefore]].filter(([one]) => one)
      .map(([one, old], place) => column(one, old !== one && old, place))));
};
// The other scenario with the same numbers, as many worlds and the same luck; before: as it was without the numbers.
const askBeside = async (before) => {
  const {numbers, opinions, measure, power, look: {seed, runs: worlds}} = state, scenario = other;
  const asked = {scenario, measure, power, seed, worlds, ...(before ? {} : {numbers, opinions})};
  const found = scenario && await post('/api/look/beside', asked).catch(() => null);
  if (scenario !== other || found === null) return;
  beside = found;
  if (before || state.before === state.look) besideBefore = found;
  draw();
};
const again = (key) => (value) => { state[key] = value; ask(); };
const CHANGED = { // what the choices above the chart do, by their names
  scenario: turnTo, measure: again('measure'), power: again('power'),
  beside: (name) => { other = name; beside = null; askBeside(true).then(() => askBeside()); },
  bet: (_, box) => openBet(box.checked && {}),
  chart: (name) => { root.dataset.chart = name; draw(); },
};
const slide = () => {
  state.quarter = Number(slider.value);
  slider.previousSibling.textContent = state.about.quarters[state.quarter];
  draw();
};
const controls = ({quarters, scenario, scenarios, measures, powers}) => {
  const fill = (name, several, chosen) => options(root.querySelector(`select[name="${name}"]`), several, chosen);
  fill('scenario', scenarios, scenario);
  fill('beside', [{code: '', name: say('look.none')}, ...scenarios], other);
  fill('measure', measures, state.measure);
  fill('power', powers, state.power);
  Object.assign(slider, {max: quarters.length - 1, value: state.quarter});
  slide();
};
export const start = (section) => {
  root = section;
  panels = root.querySelector('.columns');
  slider = root.querySelector('[name="quarter"]');
  slider.oninput = slide;
  root.firstElementChild.onchange = ({target}) => CHANGED[target.name]?.(target.value, target);
  fetch('map.json').then((answer) => answer.json()).then((found) => { shapes = found; draw(); });
  on('scenario', (about) => {
    Object.assign(state, {bet: null, power: null});
    controls(about);
  });
  on('look', () => {
    if (state.bet && !state.bet.said) openBet(state.bet); // it was asked for before there were worlds
    else if (!state.bet?.open) draw(); // a bar that is being dragged stays
    if (other) askBeside();
  });
  on('quarter', (at) => { if (at >= 0) slide(slider.value = at); });
  on('bet', openBet);
  on('run', run);
};
