import { rateText } from '../../words/proxy.js';
import { numberText } from '../../words/service.js';
import type { InstanceLoad, ServiceLoad } from './loads.js';

/** What stands above the figures of an instance. */
export const LoadHead = () => (
  <span class="load">
    <span>HAProxy</span>
    <span>Sessions</span>
    <span>Req/s</span>
    <span>Errors</span>
  </span>
);

/** State, sessions, requests and errors of an instance in HAProxy; the units are for who does not see the head. */
export function LoadView({ load }: { readonly load: InstanceLoad | undefined }) {
  if (!load) {
    return (
      <span class="load soft">
        <span title="HAProxy of this host has no server for it">
          –<span class="load-unit"> not in HAProxy</span>
        </span>
      </span>
    );
  }
  const { word, title, sessions, requests, errors, isFailing } = load;
  return (
    <span class="load num" title={title}>
      <span class={`badge badge-${word.tone}`}>
        <span>
          {word.word}
          <span class="load-unit"> in HAProxy</span>
        </span>
      </span>
      <span>
        {numberText(sessions)}
        <span class="load-unit"> {sessions === 1 ? 'session' : 'sessions'}</span>
      </span>
      <span class={requests === undefined ? 'load-nothing' : ''}>
        {requests === undefined ? <span class="soft">–</span> : rateText(requests)}
        <span class="load-unit"> req/s</span>
      </span>
      <span class={isFailing ? 'tone-bad' : errors === 0 ? 'soft load-nothing' : ''}>
        {numberText(errors)}
        <span class="load-unit"> {errors === 1 ? 'error' : 'errors'}</span>
      </span>
    </span>
  );
}

/** What comes to a service as a whole. */
export const ServiceLoadView = ({ load }: { readonly load: ServiceLoad | undefined }) => (
  <span class="group-load num">
    {load && load.errors > 0 ? <span class="tone-bad">{rateText(load.errors)} errors/s</span> : null}{' '}
    {load ? `${rateText(load.perSecond)} ${load.unit}` : ''}
  </span>
);
