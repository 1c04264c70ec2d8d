// look
export const start = () => {};
