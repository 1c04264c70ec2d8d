// You are one state: what lies on its table, why, what a yes would change, and what you decided.
import {el, emit, on, post, saved, say, state, tell} from './main.js';

const ANSWERS = {yes: 'yes', no: 'no', rule: ''}; // a button, and what an offer is told where it is pressed
let [panel, told] = []; // in the second it is said why, and what a yes would change
let game = {}; // as the server said last; without a number where there is none

const show = (found) => {
  if (!found) return;
  if (found.quarter !== game.quarter || found.game !== game.game) told.replaceChildren(say('play.hint'));
  game = {...game, ...found};
  const focused = document.activeElement?.name; // what is drawn anew is the same to who goes by keyboard
  panel.replaceChildren(el('div', {class: 'mine'}, game.game ? table() : choice()), told);
  if (focused) panel.querySelector(`[name="${focused}"]`)?.focus();
  emit('game', game);
};
const find = async (wanted) => show(await post('/api/game', wanted).catch(() => null));
const ask = async (what, more) => {
  try {
    return await post(`/api/game/${what}`, {game: game.game, quarter: game.quarter, ...more});
  } catch (refusal) { // another page of this seat may have gone on: show how the game stands, and why not
    await find();
    return tell(refusal.message);
  }
};
const move = async (what, more) => show(await ask(what, more));
const explain = async (what, more) => {
  told.innerHTML = (await ask(what, more))?.html ?? ''; // made and escaped by the server
};
const keep = async (what, type) => {
  const kept = await ask('kept');
  if (kept) saved(kept[`${what}_name`], kept[what], type);
};
const button = (name, onclick, more) => el('button', {name, onclick, ...more}, say(`play.${name.split(' ')[0]}`));
const lines = (all) => all.map((line) => el('p', {}, line));

const choice = () => [el('h2', {}, say('play.choose')), el('p', {}, game.why), game.states.map(({code, name}) =>
  el('p', {}, el('button', {name: code, onclick: () => find({state: code, restart: true})}, say('play.be', {name}))))];
const offer = ({by, kind, title, lines: terms, told: answer, can, clauses: there}) => {
  const clauses = el('input', {type: 'number', min: 0, max: 100, placeholder: there});
  const signed = () => explain('if', {by, kind, clauses: clauses.value === '' ? null : clauses.value / 100});
  const marked = (one) => ({'aria-pressed': `${answer === ANSWERS[one]}`, disabled: one === 'yes' && !can});
  const answers = Object.keys(ANSWERS).map((one) =>
    button(`${one} ${by} ${kind}`, () => move('answer', {by, kind, say: one}), marked(one)));
  return el('li', {}, el('h4', {}, title), lines(terms), el('p', {}, answers), el('p', {},
    button(`why ${by} ${kind}`, () => explain('why', {by, kind})), button(`if ${by} ${kind}`, signed),
    el('label', {}, say('play.with_clauses'), ' ', clauses, ' %')));
};
const travel = () => {
  const to = el('select', {name: 'to', 'aria-label': say('play.visit')}, game.powers.map(({code, name}) =>
    el('option', {value: code, disabled: game.visits.includes(code)}, name)));
  return el('p', {}, to, button('visit', () => move('visit', {power: to.value})), ' ', game.visiting);
};
const table = () => [el('h2', {}, game.title), !game.over && button('step', () => move('step')), lines(game.lines),
  game.became.length > 0 && [el('h3', {}, game.became_in), el('ul', {}, game.became.map((one) => el('li', {}, one)))],
  !game.over && [el('h3', {}, say(game.inbox.length ? 'play.inbox' : 'play.nothing')),
    el('ul', {class: 'inbox'}, game.inbox.map(offer)), travel()],
  el('p', {}, button('csv', () => keep('csv', 'text/csv')), button('yaml', () => keep('yaml', 'application/yaml')),
    button('again', () => show({...game, game: null})))];

export const start = (section) => {
  [panel, told] = [section, el('div', {class: 'told', 'aria-live': 'polite'})];
  on('view', (view) => view === 'play' && find());
  on('class', ({event}) => ['table', 'phase'].includes(event) && state.view === 'play' && find());
};
