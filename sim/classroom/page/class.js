// The class on one board, drawn by the server: a teacher opens, closes, shows, plays it again and keeps it.
import {emit, headers, on, options, post, saved, say, state, tell} from './base.js';

const PAUSE = 1000; // milliseconds: of a quarter that is played again, and until a lost line is taken up again
const later = (wait) => new Promise((done) => setTimeout(done, wait));
const asked = {measure: 'output'}; // and a quarter, once one was chosen; until then the server takes one
const parts = {}; // of the view, by their names
let games = 0, far = 0, replayed = 0;

const look = async (change = {}) => {
  Object.assign(asked, change);
  const board = await post('/api/class/board', asked).catch(() => null);
  if (board?.measure !== asked.measure) return;
  [games, far] = [board.games, board.far];
  for (const [name, html] of Object.entries(board.html)) parts[name].innerHTML = html; // made and escaped by the server
  for (const phase of ['open', 'closed', 'shown']) parts[phase].setAttribute('aria-pressed', phase === board.phase);
  parts.board.hidden = !board.state;
  if (board.state) Object.assign(parts.quarter, {max: board.last, value: board.at, ariaValueText: board.quarter});
};
const replay = async () => { // from the first quarter to the last one played, or until it is pressed again
  const mine = replayed = replayed ? 0 : Date.now();
  for (let quarter = 0; mine && mine === replayed; quarter += 1) {
    parts.replay.setAttribute('aria-pressed', true);
    await Promise.all([look({quarter}), later(PAUSE)]);
    if (quarter >= far) { replayed = 0; delete asked.quarter; } // go along with the class again
  }
  parts.replay.setAttribute('aria-pressed', Boolean(replayed));
};
const change = (path, body) => post(path, body).then(() => look(), () => null);
const begin = () => (!games || confirm(say('class.sure')))
  && change('/api/class/begin', {scenario: state.scenario, state: parts.which.value});
const keep = async () => {
  const {name, base64} = await post('/api/class/export').catch(() => null) ?? {};
  if (name) saved(name, Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)), 'application/zip');
};
// What happens in the class, for as long as the page is open; a line that is lost is taken up again, more patiently.
const listen = async (wait = PAUSE) => {
  try {
    const {body} = await fetch('/api/stream', {method: 'POST', headers: headers(), body: '{}'});
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = '', read; !(read = await reader.read()).done; wait = PAUSE) {
      const events = (rest + read.value).split('\n\n');
      rest = events.pop();
      events.filter((one) => one.startsWith('data:')).forEach((one) => emit('class', JSON.parse(one.slice(5))));
    }
  } catch { /* the server has gone */ }
  tell(say('class.lost', {seconds: wait / PAUSE}));
  setTimeout(listen, wait, Math.min(2 * wait, 8 * PAUSE));
};
const heard = ({event}) => {
  if (event === 'table') delete asked.quarter;
  const mine = state.role === 'teacher' || ['table', 'phase'].includes(event);
  if (event === 'here' || (mine && state.view === 'class')) look(); // 'here' again: no line is lost any more
};

export const start = (panel) => {
  panel.querySelectorAll('[data-part]').forEach((one) => { parts[one.dataset.part] = one; });
  for (const [name, act] of Object.entries({begin, keep, replay})) parts[name].onclick = act;
  for (const phase of ['open', 'closed', 'shown']) parts[phase].onclick = () => change('/api/class/turn', {phase});
  parts.measure.onchange = () => look({measure: parts.measure.value});
  parts.quarter.oninput = () => look({quarter: Number(parts.quarter.value)});
  on('scenario', ({states}) => options(parts.which, states));
  on('view', (view) => view === 'class' && look());
  on('class', heard);
  listen();
};
