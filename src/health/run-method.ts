import type { CommandResult, RunCommand } from '../lib/command.js';
import type { HttpProbe, ProbeLimits, ProbeResult, TcpProbe } from '../lib/probe.js';
import type { CheckMethod } from './check-plan.js';
import { MAX_OUTPUT } from './output.js';

/** Looks at an instance once. */
export async function runMethod(
  method: CheckMethod,
  limits: ProbeLimits,
  probes: { readonly http: HttpProbe; readonly tcp: TcpProbe; readonly command: RunCommand },
): Promise<ProbeResult> {
  switch (method.kind) {
    case 'known':
      return { outcome: method.passes ? 'passed' : 'failed', output: method.why };
    case 'http':
      return probes.http(new URL(method.url), limits);
    case 'tcp':
      return probes.tcp(method, limits);
    case 'command': {
      const bash = { file: '/bin/bash', args: ['-c', method.script] };
      return ofCommand(await probes.command(bash, { ...limits, maxOutputBytes: MAX_OUTPUT }), limits);
    }
  }
}

function ofCommand({ outcome, exitCode, output }: CommandResult, { timeoutMs }: ProbeLimits): ProbeResult {
  const said = output.trim() === '' ? '' : `: ${output}`;
  switch (outcome) {
    case 'ended':
      if (exitCode === 0) return { outcome: 'passed', output };
      return {
        outcome: 'failed',
        output: `${exitCode === undefined ? 'ended by a signal' : `exit status ${exitCode}`}${said}`,
      };
    case 'timed-out':
      return { outcome: 'timed-out', output: `killed after ${timeoutMs} ms${said}` };
    case 'aborted':
    case 'not-started':
      return { outcome: 'failed', output };
  }
}
