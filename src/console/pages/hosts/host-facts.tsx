import type { Member } from '../../data/answers.js';
import type { Standing } from '../../data/convergence.js';
import type { Views } from '../../data/views.js';
import { Fact, Facts } from '../../components/facts.js';
import { addressText } from '../../words/member.js';
import { numberText } from '../../words/service.js';
import {
  clockWords,
  exactMs,
  heardText,
  roundTripText,
  standingText,
  standingWords,
  versionText,
} from './host-words.js';
import { MemberState } from './member-state.js';

export function HostFacts({
  member,
  standing,
  views,
  asker,
}: {
  readonly member: Member;
  readonly standing: Standing | undefined;
  readonly views: Views | undefined;
  readonly asker: string;
}) {
  const { address, port, http, state, isSelf, roundTripMs, skewMs, versions } = member;
  const view = views?.hosts.find(({ name }) => name === member.name);
  return (
    <Facts>
      <Fact label="State">
        <MemberState state={state} />
      </Fact>
      <Fact label="Address">
        <span class="num">
          {addressText(address)}:{port}
        </span>
        {http ? (
          <span class="soft num">
            {' '}
            HTTP{'\u00a0'}:{http.port}
          </span>
        ) : null}
      </Fact>
      {isSelf ? (
        <Fact label="Last heard">this agent</Fact>
      ) : (
        <>
          <Fact label="Last heard">{heardText(member)}</Fact>
          <Fact label="Round trip">
            <span title={exactMs(roundTripMs)}>{roundTripText(member)}</span>
          </Fact>
          <Fact label="Its clock">
            <span title={exactMs(skewMs)}>{clockWords(member).text}</span>
          </Fact>
        </>
      )}
      {standing ? (
        <Fact label="HAProxy serves">
          <span title={isSelf ? undefined : standingText(standing, asker)}>{standingWords(standing).text}</span>{' '}
          <span class="mono soft">{standing.viewHash}</span>
        </Fact>
      ) : null}
      {standing && standing.wasSlowest > 0 ? (
        <Fact label="Was last to serve a change">{numberText(standing.wasSlowest)} times</Fact>
      ) : null}
      {view ? (
        <Fact label="Sees alive">
          {view.sees === undefined ? <span class="soft">{view.message ?? 'not known'}</span> : numberText(view.sees)}
        </Fact>
      ) : null}
      {versions ? <Fact label="Speaks">{versionText(versions)}</Fact> : null}
    </Facts>
  );
}
