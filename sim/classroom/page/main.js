// The page begins: who sits here, and what its buttons do.
import {ask, byId, post, show, turnTo} from './base.js';
import * as look from './look.js';
import * as play from './play.js';
import * as dispute from './dispute.js';
import * as group from './class.js';
import * as lesson from './lesson.js';

// The token is in the fragment, which is never sent, and leaves the address bar, which a class sees on the wall.
const enter = async () => {
  if (location.hash.length > 4) sessionStorage.setItem('token', location.hash.slice(1));
  history.replaceState(null, '', location.pathname);
  const {seat_token: key} = await post('/api/join').catch(() => ({})); // none for who has a seat, or needs none
  if (key) sessionStorage.setItem('seat', key);
};
const TOOLS = {
  teach: (button) => {
    button.setAttribute('aria-pressed', document.body.toggleAttribute('data-teach'));
    show('look');
  },
  small: ({name}) => { document.body.dataset.size = name; },
};
byId('views').onclick = ({target}) => target.name && show(target.name);
byId('tools').onclick = ({target}) => (TOOLS[target.name] ?? TOOLS.small)(target);
// A server that was started anew has other tokens: its address, put over this one, loads no page.
addEventListener('hashchange', () => enter().then(() => ask()));

await enter();
for (const [id, view] of Object.entries({look, play, dispute, class: group, lesson})) view.start(byId(id));
await turnTo(null);
