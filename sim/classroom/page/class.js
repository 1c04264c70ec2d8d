// class
export const start = () => {};
