// What every view needs: words, questions to the server, elements, and which view is shown.
import * as look from './look.js';
import * as play from './play.js';
import * as dispute from './dispute.js';
import * as group from './class.js';
import * as lesson from './lesson.js';

const VIEWS = {look, play, dispute, class: group};
const COARSE = 96; // worlds while a slider is dragged: one filling of the lanes
const SETTLED = {pupil: 200, teacher: 500};
const WAIT = 2000; // milliseconds until a server that has gone is asked again

export const state = {
  view: 'look', scenario: null, numbers: {}, opinions: [], answers: [], seed: null, quarter: null, measure: null,
  power: null, look: null, before: null, role: 'pupil', seat: null, lesson: null, step: 0, teach: false, about: null,
};

const byId = (id) => document.getElementById(id);
// No randomUUID here: where a page comes from another machine without encryption, browsers do not offer it.
const PAGE = [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36)).join('');
// The token is in the fragment, which is never sent, and leaves the address bar, which a class sees on the wall.
const take = () => {
  if (location.hash.length > 4) sessionStorage.setItem('token', location.hash.slice(1));
  history.replaceState(null, '', location.pathname);
};

let words = {};
let count = 0;
const listeners = {};
export const on = (event, f) => (listeners[event] ??= []).push(f);
export const emit = (event, what) => (listeners[event] ?? []).forEach((f) => f(what));

export const say = (key, fields = {}) =>
  (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
export const tell = (text) => { byId('status').textContent = text; };

const fill = (made, attributes, children) => {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (name === 'html') made.innerHTML = value; // what the server has made and escaped
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
export const saved = (name, text, type = 'text/plain') => {
  const link = el('a', {href: URL.createObjectURL(new Blob([text], {type})), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), WAIT);
};

export const headers = () => ({
  'content-type': 'application/json',
  authorization: `Bearer ${sessionStorage.getItem('token') ?? ''}`,
  'x-seat': sessionStorage.getItem('seat') ?? '',
});
// What the server says to a question; null where the page has asked something newer since.
export const post = async (path, body = {}) => {
  const asked = JSON.stringify({...body, page: PAGE, number: (count += 1)});
  let answer;
  while (!answer) {
    try {
      answer = await fetch(path, {method: 'POST', headers: headers(), body: asked});
    } catch { // the server has gone: it may come back
      tell(say('main.gone'));
      await new Promise((later) => setTimeout(later, WAIT));
    }
  }
  const said = await answer.json();
  if (answer.status === 409) return null;
  tell(answer.ok ? '' : said.error);
  if (!answer.ok) throw new Error(said.error);
  return said;
};

let wanted = 0;
let asking = false;
// Have worlds played with the numbers as they are; one question at a time, and the newest after it.
export const ask = async (worlds = SETTLED[state.role]) => {
  wanted = worlds;
  if (asking) return;
  asking = true;
  while (wanted) {
    const {scenario, numbers, opinions, answers, seed, measure, power} = state;
    const asked = {scenario, numbers, opinions, answers, seed, measure, power, worlds: wanted};
    wanted = 0;
    const seen = await post('/api/look', asked).catch(() => null);
    if (seen && seen.scenario === state.scenario) {
      state.look = seen;
      if (!Object.keys(numbers).length && !opinions.length) state.before = seen;
      emit('look', seen);
    }
  }
  asking = false;
};

export const show = (view) => {
  state.view = view;
  for (const name of Object.keys(VIEWS)) byId(name).hidden = name !== view;
  document.querySelectorAll('#views button').forEach((one) => one.setAttribute('aria-current', one.name === view));
  document.body.dataset.view = view;
  emit('view', view);
};

export const turnTo = async (scenario) => {
  const about = await post('/api/state', {scenario});
  Object.assign(state, {about, scenario: about.scenario, role: about.role, seat: about.seat, step: about.step});
  Object.assign(state, {seed: about.seed, numbers: {}, opinions: [], answers: [], look: null, before: null});
  state.quarter = about.quarters.length - 1;
  document.body.dataset.role = about.role;
  byId('caution').textContent = say('main.caution', {caution: about.caution, title: about.title});
  if (about.compiling) tell(say('main.compiling'));
  emit('scenario', about);
  await ask();
};

const sizes = () => ['small', 'middle', 'large'].map((size) => el('button', {
  'aria-label': say(`main.${size}`), class: `size ${size}`, onclick: () => { document.body.dataset.size = size; },
}, 'A'));

const enter = async () => {
  take();
  const {seat, seat_token: key} = await post('/api/join').catch(() => ({})); // no key for who has a seat in this room
  if (key) sessionStorage.setItem('seat', key);
  state.seat = seat;
};
words = await (await fetch('words.json')).json();
await enter();
// A server that was started anew has other tokens: its address, put over this one, loads no page.
addEventListener('hashchange', () => enter().then(() => ask()));
byId('views').append(...Object.keys(VIEWS).map((name) =>
  el('button', {name, onclick: () => show(name)}, say(`main.${name}`))));
byId('tools').append(
  el('button', {onclick: () => { state.teach = document.body.toggleAttribute('data-teach'); }}, say('main.teach')),
  ...sizes());
for (const [name, view] of Object.entries(VIEWS)) await view.start(byId(name));
lesson.start(byId('lesson'));
on('numbers', ({settled}) => ask(settled ? SETTLED[state.role] : COARSE));
show('look');
await turnTo(null);
