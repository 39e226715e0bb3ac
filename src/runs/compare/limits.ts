/** More runs than this cannot be told apart in a plot, and the server draws no more. */
export const MOST_COMPARED = 9;
