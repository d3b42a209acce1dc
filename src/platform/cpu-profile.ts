import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/**
 * Records where CPU time goes, from now on.
 *
 * @returns ends the recording and writes it to `path`, in the format that Chromium's developer tools open
 */
export function recordCpuProfile(path: string): () => void {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  return () => {
    session.post('Profiler.stop', (error, result) => {
      if (error) throw error;
      writeFileSync(path, JSON.stringify(result.profile));
    });
    session.disconnect();
  };
}
