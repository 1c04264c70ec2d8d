// play
export const start = () => {};
