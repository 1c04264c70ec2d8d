// Charts of worlds: each is made anew from the worlds as the server tells them and the place of a quarter in them.
import {el, svg, say} from './base.js';

const percent = (share) => `${Math.round(100 * share)} %`;
const picture = (name, viewBox, told, ...parts) => svg('svg', {class: name, viewBox, role: 'img', 'aria-label': told,
  preserveAspectRatio: name === 'fan' ? 'none' : null}, ...parts);
const path = (name, points) => svg('path', {d: `M${points.join('L')}`, class: name});
const write = (x, y, name, ...said) => svg('text', {x, y, class: name}, ...said);

// Shade and hatching tell the outcome, colour the power: the same fills as in figures on paper.
const filled = (name, {hatch, text, fill, edge}, width, ...inside) => el('span', {class: name, 'data-hatch': hatch,
  title: text, style: {'background-color': fill, '--edge': edge, width}}, ...inside);
const sharesOf = (seen, at, row) => seen.words
  .map((word, place) => ({...word, share: seen.counts[at][row][place] / seen.runs})).filter((word) => word.share);
// In how many worlds of a hundred a state has an outcome word, whichever power it is about.
export const chance = (seen, at, row, kind = seen.kept) =>
  100 * sharesOf(seen, at, row).reduce((sum, {word, share}) => sum + (word.startsWith(kind) ? share : 0), 0);

const strip = (seen, at, row, name) => el('div', {class: name}, sharesOf(seen, at, row).map((word) =>
  filled('part', word, `${100 * word.share}%`, el('b', {class: 'long'}, word.said),
    el('b', {class: 'short'}, word.power || word.said))));
// Outcome words of every state, and below each bar what it was before a number was touched; bet: a word, and by state
// in how many worlds of a hundred somebody said that it would come.
export const bars = (seen, at, before, bet) => el('div', {class: 'bars'},
  el('small', {class: 'worlds'}, say('look.worlds', seen)), el('small', {class: 'number'}, bet?.word ?? seen.kept),
  seen.states.map(({name}, row) => {
    const told = sharesOf(seen, at, row).map((word) => `${word.said} ${percent(word.share)}`).join(', ');
    const now = Math.round(chance(seen, at, row, bet?.word)), said = bet?.said[row] ?? null;
    const was = before && Math.round(chance(before, at, row, bet?.word));
    return [el('span', {}, name), el('div', {class: 'shares', role: 'img', 'aria-label': `${name}: ${told}`},
      strip(seen, at, row, 'stack'), before && strip(before, at, row, 'ghost'),
      said !== null && bet.word === seen.kept && el('i', {class: 'mark', style: {left: `${said}%`}})),
    el('span', {class: 'number'}, `${now} %`, el('small', {},
      [said !== null && say('look.off', {said, off: Math.abs(now - said)}), before && say('look.was', {was})]
        .filter(Boolean).join(' · ')))];
  }));
export const legend = ({words}) =>
  el('ul', {class: 'legend'}, words.map((word) => el('li', {}, filled('swatch', word), word.said)));

// Where states lie, or tiles for worlds that lie nowhere; coloured by their two largest partners.
export const map = (seen, at, before, shapes, key) => {
  const {box, states, land} = seen.tiles ?? shapes;
  const made = seen.states.map(({code, name}, row) => {
    const [fill, told, stripes] = seen.mixes[at][row], {d, x, y} = states[code], id = `stripes-${key}-${code}`;
    const pattern = stripes[0] && svg('pattern', {id, width: 28, height: 28, patternUnits: 'userSpaceOnUse',
      patternTransform: 'rotate(45)'}, stripes.map((one, n) => svg('path', {d: `M${7 + 14 * n} 0v28`, stroke: one})));
    return {told: `${name} ${told}`, text: write(x, y, '', name, svg('tspan', {x, dy: '1.1em'}, told)),
      shape: [pattern, svg('path', {d, class: 'state', fill: pattern ? `url(#${id})` : fill})]};
  });
  return el('figure', {}, picture('map', box, made.map((one) => one.told).join('; '), land.map((d) =>
    svg('path', {d, class: 'land'})), made.map((one) => one.shape), made.map((one) => one.text)),
  el('figcaption', {}, seen.tiles && `${say('look.tiles')} `, say('look.close', seen)));
};

// The chosen measure over time, a panel a state: nine in ten worlds, the middle half, and the median.
export const fan = (seen, at, before) => {
  const {bands, text, unit, low, high} = seen.fan, last = seen.quarters.length - 1;
  const line = (look, row, part) => look.fan.bands.map((states, place) => `${place} ${high - states[row][part]}`);
  const same = before?.fan?.text === text && before.quarters.length === seen.quarters.length;
  return el('figure', {}, el('figcaption', {}, `${text}, ${unit}. ${say('look.bands')}`), el('div', {class: 'panels'},
    seen.states.map(({name}, row) => el('div', {}, el('b', {}, `${name} ${bands[at][row][3]}`), el('small', {}, high),
      picture('fan', `0 0 ${last || 1} ${high - low || 1}`, `${name} ${bands[at][row][3]} ${unit}`,
        [['outer', 1, 5], ['inner', 2, 4]].map(([band, from, to]) =>
          path(band, [...line(seen, row, from), ...line(seen, row, to).reverse()])),
        same && path('old', line(before, row, 3)), path('median', line(seen, row, 3)),
        path('now', [`${at} 0`, `${at} ${high - low}`])),
      el('small', {}, low, el('span', {}, `${seen.quarters[0]} – ${seen.quarters[last]}`))))));
};

// The way of every state among the two powers that were largest at the start, and all others.
export const triangle = (seen, at) => el('figure', {}, picture('triangle', '-12 -94 124 104', seen.corners.join(', '),
  path('frame', ['0 0', '100 0', '50 -86.6', '0 0']), seen.corners.map((name, n) =>
    write([0, 100, 50][n], [7, 7, -89][n], ['', 'end', 'middle'][n], name)), seen.states.map(({code}, row) => {
    const way = seen.ways.slice(0, at + 1).map((states) => states[row]), [x, y] = way[at];
    const [aside, name] = row % 2 ? [-2, 'end'] : [2, '']; // neighbours are named on either side
    return [path('way', way), svg('circle', {cx: x, cy: y, r: 1.2}), write(x + aside, y + 1, name, code)];
  })));

// The same as numbers.
export const table = (seen, at) => el('figure', {}, [
  ['look.words', seen.words.map(({said}) => said), (row) => seen.counts[at][row].map((count) => count / seen.runs)],
  ['look.partners', seen.powers.map(({name}) => name), (row) => seen.partners[at][row]],
].map(([said, heads, shares]) => el('table', {}, el('caption', {}, say(said)),
  el('tr', {}, el('td'), heads.map((head) => el('th', {scope: 'col'}, head))), seen.states.map(({name}, row) =>
    el('tr', {}, el('th', {scope: 'row'}, name), shares(row).map((share) => el('td', {}, percent(share))))))));
