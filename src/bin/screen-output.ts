import { HIDE_SHELL, SHOW_SHELL } from '../cli/screen.js';

/** Writes to stdout. While a screen of its own is shown, Ctrl-Z gives the shell its screen back, and `fg` shows what was drawn last. */
export function screenOutput(): (text: string) => void {
  const { stdout } = process;
  let [drawn, isSuspended] = ['', false];
  const suspend = (): void => {
    isSuspended = true;
    stdout.write(SHOW_SHELL);
    process.kill(process.pid, 'SIGSTOP');
  };
  const resume = (): void => {
    isSuspended = false;
    stdout.write(HIDE_SHELL + drawn);
  };
  return (text) => {
    drawn = text;
    if (text === HIDE_SHELL) process.on('SIGTSTP', suspend).on('SIGCONT', resume);
    if (text === SHOW_SHELL) process.off('SIGTSTP', suspend).off('SIGCONT', resume);
    if (!isSuspended || text === SHOW_SHELL) stdout.write(text); // a timer may be faster than the signal to go on
  };
}
