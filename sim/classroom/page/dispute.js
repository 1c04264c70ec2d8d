// dispute
export const start = () => {};
