import { useState } from 'preact/hooks';
import type { KnownInstance, ServiceGroup } from '../../data/catalog.js';
import type { InstanceExplanation } from '../../data/explanation.js';
import { useAgent, useStore } from '../../hooks/store.js';
import { consoleUrl } from '../../words/member.js';
import { DrainDialog, type DrainWay } from './drain-dialog.js';
import { isLastAlive } from './drain-words.js';
import { isDrained } from './walk.js';

/** The button that drains an instance or ends that, and what came of it. */
export function DrainControl({
  instance,
  group,
  explanation,
}: {
  readonly instance: KnownInstance;
  readonly group: ServiceGroup | undefined;
  readonly explanation: InstanceExplanation | undefined;
}) {
  const { api } = useAgent();
  const hostname = useStore((state) => state.hostname);
  const [opened, setOpened] = useState<'begin' | 'end'>();
  const [done, setDone] = useState<'begin' | 'end'>();
  const member = useStore((state) => state.members)?.find(({ name }) => name === instance.host);
  // Of what is unhealthy only its host knows; and of what is alive the explanation is from before.
  const isOver = instance.status === 'Alive' || explanation === undefined || !isDrained(explanation);
  const does = instance.status === 'Draining' || !isOver ? 'end' : 'begin';
  const isHere = explanation ? explanation.asked.state === 'self' : instance.host === hostname;
  const way: DrainWay =
    api.drain === undefined
      ? { whyNot: 'This page shows another cluster, where it may only look.', elsewhere: undefined }
      : isHere
        ? { drain: api.drain }
        : {
            whyNot: `Only the agent of ${instance.host} can do that, and this page speaks with ${hostname} alone.`,
            elsewhere: member && consoleUrl(member, ['instances', instance.host, instance.id]),
          };
  return (
    <div class="drain">
      <p class="soft" role="status">
        {done === undefined ? '' : SAID[done]}
      </p>
      <button type="button" onClick={() => setOpened(does)}>
        {does === 'begin' ? 'Drain…' : 'End the drain…'}
      </button>
      {opened === undefined ? null : (
        <DrainDialog
          instance={instance}
          does={opened}
          way={way}
          warning={
            opened === 'begin' && isLastAlive(instance, group)
              ? `No other instance of ${instance.service} is alive: who asks for it then is told 503, or is not connected.`
              : undefined
          }
          onClosed={(isDone) => {
            setOpened(undefined);
            setDone(isDone ? opened : undefined);
          }}
        />
      )}
    </div>
  );
}

const SAID = { begin: 'Its agent drains it.', end: 'Its agent has ended the drain.' };
