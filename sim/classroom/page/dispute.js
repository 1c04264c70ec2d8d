// Sliders beside every view; in this one what a number rests on, a search over all of them, and what a class says.
import {byId, emit, on, post, say, show, state} from './base.js';

const bar = byId('sliders'), [found, opinion, source] = document.querySelectorAll('#dispute div');
const back = document.querySelector('#dispute [data-do="back"]');
const trail = []; // what was opened, the last one last
const names = () => [...bar.querySelectorAll('.slider')].map((row) => row.dataset.name);
const amount = (value, {unit, scale = 1}) => `${+(value * scale).toPrecision(4)} ${unit}`;
const teacher = () => state.role === 'teacher';
// Pieces of the page come from the server; only what was asked last is put where it belongs.
const ask = async (path, body, into) => {
  const mine = into.asked = (into.asked ?? 0) + 1;
  const said = await post(path, {scenario: state.scenario, ...body}).catch(() => null);
  if (into.asked !== mine) return false; // something else was asked meanwhile
  if (said) into.innerHTML = said.html;
  return said;
};
const set = (values, opinions = [], settled = true) => { // undefined gives a number back to the model
  state.numbers = JSON.parse(JSON.stringify({...state.numbers, ...values})); // which drops what is undefined
  state.opinions = [...state.opinions.filter((name) => !(name in values)), ...opinions];
  emit('numbers', {settled});
};
const free = (several) => set(Object.fromEntries(several.map((name) => [name, undefined])));
// A slider shows what is played: the class's opinions, where it was dragged to, or the model's own value.
const follow = () => bar.querySelectorAll('.slider').forEach((row) => {
  const {name, value} = row.dataset, input = row.querySelector('input'), now = state.numbers[name] ?? value;
  const told = state.opinions.includes(name) ? say('dispute.of_class') : amount(now, row.dataset);
  input.value = now;
  input.setAttribute('aria-valuetext', row.querySelector('output').textContent = told);
});
const drag = ({target, type}) => {
  const {name, value, differs} = target.closest('.slider').dataset, own = +target.value === +value && !differs;
  set({[name]: own ? undefined : +target.value}, [], type === 'change');
};
const load = async (several = names()) => {
  await ask('/api/numbers', {names: several}, bar) ?? await ask('/api/numbers', {}, bar); // another world has others
  follow();
  first();
};
const hear = (body) => ask(teacher() ? '/api/opinions' : '/api/opinion', body, opinion);
const open = async ({kind, name}) => {
  if (!await ask('/api/source', {kind, name}, source)) return;
  back.disabled = trail.push({kind, name}) < 2;
  opinion.replaceChildren();
  if (kind === 'number') await hear({name});
};
const first = () => { // whoever comes to this view finds a number
  const [name] = state.view === 'dispute' && !trail.length ? names() : [];
  if (name) open({kind: 'number', name});
};
const DO = { // what the buttons do that the server makes
  source: (what) => { show('dispute'); open(what).then(() => { source.firstChild.focus(); scrollTo(0, 0); }); },
  add: ({name}) => { // the last slider leaves; its number is again as the model has it
    const others = names().filter((one) => one !== name);
    load([name, ...others]).then(() => free(others.slice(4)));
  },
  reset: ({name}) => free([name]),
  reset_all: () => free([...Object.keys(state.numbers), ...state.opinions]),
  all: () => { show('dispute'); document.querySelector('#dispute input').focus(); },
  back: () => open(trail.splice(-2)[0]),
  say: ({name}) => hear({name, value: +opinion.querySelector('input').value}),
  unsay: ({name}) => hear({name, value: null}),
  play: ({name}) => { set({[name]: undefined}, [name]); show('look'); },
};
const act = ({target}) => DO[target.closest('[data-do]')?.dataset.do]?.(target.closest('[data-do]').dataset);

export const start = (panel) => {
  bar.onclick = panel.onclick = act;
  bar.oninput = bar.onchange = drag;
  panel.querySelector('input').oninput = ({target}) => ask('/api/numbers', {words: target.value}, found);
  opinion.oninput = ({target: {value, nextSibling: told}}) => { told.textContent = amount(value, told.dataset); };
  on('numbers', follow);
  on('scenario', () => load());
  on('sliders', load);
  on('view', first);
  on('class', ({event, name}) => event === 'opinions' && teacher() && trail.at(-1)?.name === name && hear({name}));
};
