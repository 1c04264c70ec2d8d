// The bar of a lesson, made by the server, and what a step does to the page. Pupils follow their teacher, or go alone.
import {emit, on, post, show, state, turnTo} from './base.js';

let bar, step = null, alone = false, begun = null;

const move = (numbers) => { // sliders that are not named go back to where the evidence has them
  Object.assign(state, {numbers: {...numbers}, opinions: []});
  emit('numbers', {settled: true});
};
// To bet and to do is the class's own: sliders stay, and a button moves them for who wants it. A bet stays one step.
const act = async ({kind, scenario, quarter, view, numbers, bet, play}, before) => {
  if (state.bet?.open) emit('run');
  else if (!before?.bet) emit('bet', null);
  if (scenario !== state.scenario) await turnTo(scenario);
  emit('quarter', state.about.quarters.indexOf(quarter));
  if (!['bet', 'do'].includes(kind)) move(numbers);
  document.querySelectorAll('#class [name="which"]').forEach((one) => { one.value = play ?? one.value; });
  if (view !== state.view) show(view);
  if (bet) emit('bet', bet);
};
const go = async (asked = {}, path = '/api/lesson') => { // without a number it is where the class is
  const found = await post(path, asked).catch(() => null), before = step, focused = document.activeElement?.name;
  if (!found) return;
  bar.innerHTML = found.html;
  bar.querySelectorAll('[name="follow"]').forEach((one) => { one.hidden = !alone; });
  if (focused) bar.querySelector(`[name="${focused}"]:enabled`)?.focus(); // what is drawn anew is the same by keyboard
  if (found.lesson !== state.lesson && found.sliders.length) emit('sliders', found.sliders);
  Object.assign(state, {lesson: found.lesson, step: found.at});
  step = found.step;
  if (step) await act(step, before);
};
const turn = (lesson, at) => { // by whoever holds this page: a teacher takes the class along
  alone = state.role !== 'teacher';
  return go({lesson, step: at}, alone ? '/api/lesson' : '/api/lesson/step');
};
const DO = {back: () => turn(state.lesson, state.step - 1), next: () => turn(state.lesson, state.step + 1),
  move: () => move(step.numbers), follow: () => { alone = false; go(); }};
export const start = (place) => {
  bar = place;
  bar.onclick = ({target}) => DO[target.name]?.();
  bar.onchange = ({target}) => turn(Number(target.value), 0);
  on('scenario', () => { begun ??= go(); }); // whatever scenario is turned to later, the lesson is there already
  on('class', ({event}) => event === 'lesson' && !alone && state.role !== 'teacher' && go());
};
