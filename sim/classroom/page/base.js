// What every view needs: the state of the page, its words, questions to the server, elements, worlds.
export const state = {
  view: 'look', scenario: null, numbers: {}, opinions: [], answers: [], seed: null, quarter: null, measure: null,
  power: null, look: null, before: null, role: 'pupil', seat: null, lesson: null, step: 0, about: null,
  asking: false, // whether worlds are asked for that have not come yet
};

const COARSE = 96; // worlds while a slider is dragged: one filling of the lanes
const SETTLED = {pupil: 200, teacher: 500};
const WAIT = 2000; // milliseconds until a server that has gone is asked again
// No randomUUID here: where a page comes from another machine without encryption, browsers do not offer it.
const PAGE = [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36)).join('');
const WORDS = await (await fetch('words.json')).json();
const listeners = {};

export const byId = (id) => document.getElementById(id);
export const on = (event, f) => (listeners[event] ??= []).push(f);
export const emit = (event, what) => (listeners[event] ?? []).forEach((f) => f(what));
export const say = (key, fields = {}) => WORDS[key].replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
export const tell = (text) => { byId('status').textContent = text; };

const fill = (made, attributes = {}, children = []) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (name === 'style') Object.entries(value).forEach((one) => made.style.setProperty(...one));
    else if (name === 'value') made.value = value;
    else if (value !== false && value != null) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return made;
};
export const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
export const options = (select, several, chosen) => select.replaceChildren(...several.map(({code, name}) =>
  el('option', {value: code, selected: code === chosen}, name)));
export const saved = (name, content, type) => {
  const link = el('a', {href: URL.createObjectURL(new Blob([content], {type})), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), WAIT);
};

export const headers = () => ({'content-type': 'application/json', 'x-seat': sessionStorage.getItem('seat') ?? '',
  authorization: `Bearer ${sessionStorage.getItem('token') ?? ''}`});
let count = 0;
// What the server says to a question; null where the page has asked something newer since.
export const post = async (path, body = {}) => {
  const asked = JSON.stringify({...body, page: PAGE, number: count += 1});
  const send = () => fetch(path, {method: 'POST', headers: headers(), body: asked}).catch(() => null);
  let answer = await send();
  while (!answer) { // the server has gone: it may come back
    tell(say('main.gone'));
    await new Promise((later) => setTimeout(later, WAIT));
    answer = await send();
  }
  const said = await answer.json();
  if (answer.status === 409) return null;
  tell(answer.ok ? '' : said.error);
  if (!answer.ok) throw new Error(said.error);
  return said;
};

let wanted = 0;
// Have worlds played with the numbers as they are; one question at a time, and the newest after it.
export const ask = async (worlds = SETTLED[state.role]) => {
  wanted = worlds;
  if (state.asking) return;
  for (state.asking = true; wanted;) {
    const {scenario, numbers, opinions, answers, seed, measure, power} = state;
    const asked = {scenario, numbers, opinions, answers, seed, measure, power, worlds: wanted};
    wanted = 0;
    const seen = await post('/api/look', asked).catch(() => null);
    if (seen?.scenario === state.scenario) {
      if (!Object.keys(numbers).length && !opinions.length) state.before = seen;
      emit('look', state.look = seen);
      if (seen.compiling) tell(say('main.compiling'));
    }
  }
  state.asking = false;
};
on('numbers', ({settled}) => ask(settled ? SETTLED[state.role] : COARSE));

export const show = (view) => {
  state.view = document.body.dataset.view = view;
  document.querySelectorAll('main section').forEach((one) => { one.hidden = one.id !== view; });
  document.querySelectorAll('#views button').forEach((one) => one.setAttribute('aria-current', one.name === view));
  emit('view', view);
};
export const turnTo = async (wantedScenario) => {
  const about = await post('/api/state', {scenario: wantedScenario}), {scenario, role, seat, step, seed} = about;
  Object.assign(state, {about, scenario, role, seat, step, seed, quarter: about.quarters.length - 1});
  Object.assign(state, {numbers: {}, opinions: [], answers: [], look: null, before: null});
  document.body.dataset.role = role;
  byId('caution').textContent = say('main.caution', about);
  if (about.compiling) tell(say('main.compiling'));
  emit('scenario', about);
  await ask();
};
