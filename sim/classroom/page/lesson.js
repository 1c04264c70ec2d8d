// lesson
export const start = () => {};
