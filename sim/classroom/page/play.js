// You are one state: what lies on its table, why, what a yes would change, and what you decided.
import {emit, on, post, saved, say, state, tell} from './base.js';

let [mine, told] = []; // the desk, and beside it what is said of an offer; both are made and escaped by the server
let game = {}; // as the server said last; without a number where there is none

const show = (found) => {
  if (!found) return;
  if (found.quarter !== game.quarter || found.game !== game.game) told.replaceChildren(say('play.hint'));
  game = {...game, ...found};
  const focused = mine.contains(document.activeElement) && document.activeElement.name;
  mine.innerHTML = game.game ? game.html : game.choice;
  // What is drawn anew is the same to who goes by keyboard; a button that is gone leaves them at that of the quarter.
  if (focused) (mine.querySelector(`[name="${focused}"]`) ?? mine.querySelector('[name="step"]'))?.focus();
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
  told.innerHTML = (await ask(what, more))?.html ?? '';
  told.scrollIntoView({block: 'nearest'});
};
const keep = async (what, type) => {
  const kept = await ask('kept');
  if (kept) saved(kept[`${what}_name`], kept[what], type);
};
const value = (name) => mine.querySelector(`[name="${name}"]`).value;
const share = (percent) => (percent === '' ? null : percent / 100);
const answer = (said) => (by, kind) => move('answer', {by, kind, say: said});
const BUTTONS = { // by the first word of their name; the others say which offer
  yes: answer('yes'), no: answer('no'), rule: answer('rule'), why: (by, kind) => explain('why', {by, kind}),
  if: (by, kind) => explain('if', {by, kind, clauses: share(value(`clauses ${by} ${kind}`))}),
  visit: () => move('visit', {power: value('to')}), vote: (how) => move('vote', {how}), step: () => move('step'),
  csv: () => keep('csv', 'text/csv'), votes: () => keep('votes', 'text/csv'), yaml: () => keep('yaml', 'text/plain'),
  again: () => show({game: null}),
};
const press = ({target}) => {
  const [what, ...about] = (target.name ?? '').split(' ');
  if (target.value === 'be') find({state: what, restart: true});
  else BUTTONS[what]?.(...about);
};

export const start = (panel) => {
  [mine, told] = panel.children;
  mine.onclick = press;
  on('view', (view) => view === 'play' && find());
  on('class', ({event}) => ['table', 'phase'].includes(event) && state.view === 'play' && find());
};
