/** The focus of what goes away when it is pressed would be nowhere: it goes to the page, where its keyboard and its reader go on. */
export const focusPage = (): void => document.getElementById('main')?.focus({ preventScroll: true });
