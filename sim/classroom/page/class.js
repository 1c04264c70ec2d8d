// The class on one board, drawn by the server: a teacher opens, closes, shows, plays it again and keeps it.
import {el, emit, headers, on, post, saved, say, state, tell} from './main.js';

const PAUSE = 1000; // milliseconds: of a quarter that is played again, and until a lost line is taken up again
const parts = {};
let measure = 'output', quarter = null, replaying = 0, lost = false;

const look = async () => {
  const board = await post('/api/class/board', {measure, ...(quarter === null ? {} : {quarter})}).catch(() => null);
  if (board?.measure !== measure) return;
  parts.about.textContent = say(board.state ? `class.${board.phase}` : 'class.none', board);
  parts.turns.forEach((one) => one.setAttribute('aria-pressed', one.value === board.phase));
  parts.board.hidden = !board.state;
  parts.games = board.games;
  if (!board.state) return;
  Object.assign(parts.quarter, {max: board.quarters - 1, value: board.at, ariaValueText: board.quarter});
  parts.title.textContent = say('class.title', board);
  parts.measure.replaceChildren(...board.measures.map(({name, label}) => el('option', {value: name}, label)));
  parts.measure.value = measure;
  parts.shown.innerHTML = board.html; // which the server has made and escaped
};
const turn = (at) => { quarter = at; return look(); };
const stop = () => { replaying = clearInterval(replaying); parts.replay.textContent = say('class.replay'); };
const replay = () => {
  if (replaying) return stop();
  parts.replay.textContent = say('class.stop');
  replaying = setInterval(() => (quarter < parts.quarter.max ? turn(quarter + 1) : stop()), PAUSE);
  return turn(0);
};
const button = (name, onclick, value) => el('button', {onclick, value}, say(`class.${name}`));
const asking = (path, body) => () => post(path, body()).then(look, () => null);
const keep = async () => {
  const {name, base64} = await post('/api/class/export');
  saved(name, Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)), 'application/zip');
};
// What happens in the class, for as long as the page is open; a line that is lost is taken up again, more patiently.
const listen = async (wait = PAUSE) => {
  try {
    const {body} = await fetch('/api/stream', {method: 'POST', headers: headers(), body: '{}'});
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = '', read; !(read = await reader.read()).done;) {
      const said = (rest + read.value).split('\n\n');
      rest = said.pop();
      said.filter((one) => one.startsWith('data:')).forEach((one) => emit('class', JSON.parse(one.slice(5))));
      wait = PAUSE;
    }
  } catch { /* the server has gone */ }
  lost = true;
  tell(say('class.lost', {seconds: wait / PAUSE}));
  setTimeout(listen, wait, Math.min(2 * wait, 30 * PAUSE));
};
const heard = ({event}) => {
  if (event === 'here' && lost) tell('');
  if (event === 'here') lost = false;
  if (event === 'table') quarter = null;
  if (state.view === 'class' && (state.role === 'teacher' || !['game', 'people', 'seats'].includes(event))) look();
};

export const start = (panel) => {
  const which = el('select', {'aria-label': say('class.state')});
  const begin = () => (!parts.games || confirm(say('class.sure'))) &&
    asking('/api/class/begin', () => ({scenario: state.scenario, state: which.value}))();
  parts.turns = ['open', 'closed', 'shown'].map((phase) =>
    button(`turn_${phase}`, asking('/api/class/turn', () => ({phase})), phase));
  const choose = () => { measure = parts.measure.value; look(); };
  parts.measure = el('select', {'aria-label': say('class.measure'), onchange: choose});
  parts.quarter = el('input', {type: 'range', min: 0, 'aria-label': say('class.quarter')});
  parts.quarter.addEventListener('input', () => turn(Number(parts.quarter.value)));
  panel.append(parts.about = el('p', {}), el('p', {class: 'teacher'},
    which, button('begin', begin), parts.turns, button('keep', keep)),
    parts.board = el('div', {hidden: true}, el('h2', {}, parts.measure, parts.title = el('span')),
      el('p', {class: 'along'}, parts.quarter, parts.replay = button('replay', replay)), parts.shown = el('div')));
  on('scenario', ({states}) =>
    which.replaceChildren(...states.map(({code, name}) => el('option', {value: code}, name))));
  on('view', (view) => view === 'class' && look());
  on('class', heard);
  listen();
};
