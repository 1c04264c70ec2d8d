// Charts of worlds: each is made anew from the worlds as the server tells them and the place of a quarter in them.
import {el, svg, say} from './main.js';

const WIDE = 190, HIGH = 120, LEFT = 34, RIGHT = 6, TOP = 18, BOTTOM = 16; // of one panel of the fan
const SIDE = 260, TALL = Math.sqrt(0.75), EDGE = 30; // of the triangle, its height in sides
export const percent = (share) => `${Math.round(100 * share)} %`;
const round = (number) => Number(number.toFixed(1));
const picture = (name, wide, high, told, ...parts) =>
  svg('svg', {class: name, viewBox: `0 0 ${wide} ${high}`, role: 'img', 'aria-label': told}, ...parts);
const path = (name, points) => svg('path', {d: `M${points.join('L')}`, class: name});
const write = (x, y, name, ...said) => svg('text', {x, y, class: name}, ...said);

// Shade and hatching tell the outcome, colour the power: the same fills as in figures on paper.
const filled = (word, name, ...inside) => {
  const node = el('span', {class: name, 'data-hatch': word.hatch, title: word.text}, ...inside);
  node.style.backgroundColor = word.fill;
  node.style.setProperty('--edge', word.edge);
  return node;
};
const sharesOf = (seen, at, row) => seen.words
  .map((word, place) => ({...word, share: seen.counts[at][row][place] / seen.runs})).filter((word) => word.share);
// The share of worlds that a class bets on, in per cent: those in which a state is still what the first word says.
export const kept = (seen, at, row) =>
  100 * sharesOf(seen, at, row).reduce((sum, {word, share}) => sum + (word === seen.kept ? share : 0), 0);
const strip = (seen, at, row, name) => el('div', {class: name}, sharesOf(seen, at, row).map((word) => {
  const part = filled(word, 'part', el('b', {}, word.share > 0.2 ? word.word : word.share > 0.07 ? word.power : ''));
  part.style.width = `${100 * word.share}%`;
  return part;
}));
// Outcome words of every state, and below each bar what it was before a number was touched; bet: per cent by state.
export const bars = (seen, at, before, bet) => el('div', {class: 'bars'},
  el('small', {class: 'worlds'}, say('look.worlds', seen)), el('small', {class: 'number'}, seen.kept),
  seen.states.map(({name}, row) => {
    const told = sharesOf(seen, at, row).map(({word, share}) => `${word} ${percent(share)}`).join(', ');
    const now = Math.round(kept(seen, at, row)), said = bet?.[row], mark = bet && el('i', {class: 'mark'});
    if (mark) mark.style.left = `${said}%`;
    return [el('span', {}, name), el('div', {class: 'shares', role: 'img', 'aria-label': `${name}: ${told}`},
      strip(seen, at, row, 'stack'), before && strip(before, at, row, 'ghost'), mark),
    el('span', {class: 'number'}, `${now} %`, el('small', {}, bet ? say('look.off', {said, off: Math.abs(now - said)})
      : before && say('look.was', {share: Math.round(kept(before, at, row))})))];
  }));
export const legend = (seen) =>
  el('ul', {class: 'legend'}, seen.words.map((word) => el('li', {}, filled(word, 'swatch'), word.word)));

// Where states lie, or tiles for worlds that lie nowhere; coloured by their two largest partners.
export const map = (seen, at, before, shapes, key) => {
  const placed = seen.states.every(({code}) => shapes.states[code]), land = {...shapes.states};
  const made = seen.states.map(({code, name}, row) => {
    const [fill, told, stripes] = seen.mixes[at][row], id = `stripes-${key}-${code}`;
    const [x, y] = [(row % 3) * 420, Math.floor(row / 3) * 210]; // of its tile
    const [left, top] = placed ? shapes.names[code] : [x + 200, y + 90];
    const d = placed ? shapes.states[code] : `M${x} ${y}h400v190h-400z`;
    delete land[code];
    const shape = [stripes[0] && svg('pattern', {id, width: 28, height: 28, patternUnits: 'userSpaceOnUse',
      patternTransform: 'rotate(45)'}, stripes.map((one, n) => svg('path', {d: `M${7 + 14 * n} 0v28`, stroke: one}))),
    svg('path', {d, class: 'state', fill: stripes[0] ? `url(#${id})` : fill})];
    const text = write(left, top, '', name, svg('tspan', {x: left, dy: '1.1em'}, told));
    return {shape, text, told: `${name} ${told}`};
  });
  const size = placed ? [shapes.width, shapes.height] : [1240, 210 * Math.ceil(seen.states.length / 3)];
  return el('figure', {}, picture('map', ...size, made.map((one) => one.told).join('; '),
    placed && [...shapes.land, ...Object.values(land)].map((d) => svg('path', {d, class: 'land'})),
    made.map((one) => one.shape), made.map((one) => one.text)),
  el('figcaption', {}, placed ? '' : say('look.tiles'), say('look.close', seen)));
};

// The chosen measure over time, a panel a state: nine in ten worlds, the middle half, and the median.
export const fan = (seen, at, before) => {
  const {bands, text, unit, low, high} = seen.fan, last = seen.quarters.length - 1;
  const x = (place) => round(LEFT + (place / (last || 1)) * (WIDE - LEFT - RIGHT));
  const y = (value) => round(HIGH - BOTTOM - ((value - low) / (high - low)) * (HIGH - TOP - BOTTOM));
  const line = (look, row, part) => look.fan.bands.map((states, place) => `${x(place)} ${y(states[row][part])}`);
  const same = before?.fan?.text === text && before.quarters.length === seen.quarters.length;
  const panel = ({name}, row) => picture('fan', WIDE, HIGH, `${name}: ${bands[at][row][3]} ${unit}`,
    [['outer', 1, 5], ['inner', 2, 4]].map(([band, from, to]) =>
      path(band, [...line(seen, row, from), ...line(seen, row, to).reverse()])),
    same && path('old', line(before, row, 3)), path('median', line(seen, row, 3)),
    path('now', [`${x(at)} ${TOP}`, `${x(at)} ${HIGH - BOTTOM}`]),
    write(LEFT, 12, '', name), [low, high].map((value) => write(LEFT - 3, y(value) + 3, 'tick end', round(value))),
    [0, last].map((n) => write(x(n), HIGH - 4, n ? 'tick end' : 'tick', seen.quarters[n].slice(0, 4))));
  return el('figure', {}, el('figcaption', {}, `${text}, ${unit}. ${say('look.bands')}`),
    el('div', {class: 'panels'}, seen.states.map(panel)));
};

// The way of every state among the two powers that were largest at the start, and all others.
export const triangle = (seen, at) => {
  const spot = ([x, y]) => [round(EDGE + SIDE * x), round(EDGE + SIDE * (TALL - y))];
  const ends = [[0, 0], [1, 0], [0.5, TALL]].map(spot);
  return el('figure', {}, picture('triangle', SIDE + 2 * EDGE, SIDE * TALL + 2 * EDGE, seen.corners.join(', '),
    path('frame', [...ends, ends[0]]), seen.corners.map((name, n) =>
      write(ends[n][0], ends[n][1] + [18, 18, -8][n], ['', 'end', 'middle'][n], name)),
    seen.states.map(({code}, row) => {
      const way = seen.ways.slice(0, at + 1).map((states) => spot(states[row])), [x, y] = way[at];
      return [path('way', way), svg('circle', {cx: x, cy: y, r: 4}), write(x + 7, y + 4, '', code)];
    })));
};

// The same as numbers.
export const table = (seen, at) => el('figure', {}, [
  ['look.words', seen.words.map(({word}) => word), (row) => seen.counts[at][row].map((count) => count / seen.runs)],
  ['look.partners', seen.powers.map(({name}) => name), (row) => seen.partners[at][row]],
].map(([said, heads, shares]) => el('table', {}, el('caption', {}, say(said)),
  el('tr', {}, el('td'), heads.map((head) => el('th', {scope: 'col'}, head))),
  seen.states.map(({name}, row) => el('tr', {}, el('th', {scope: 'row'}, name),
    shares(row).map((share) => el('td', {class: 'number'}, percent(share))))))));
