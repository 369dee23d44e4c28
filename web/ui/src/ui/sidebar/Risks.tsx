import { useEffect, useState } from "preact/hooks";
import { sessionName } from "../../state/catalogModel";
import { findSession } from "../../state/catalog";
import { canStash, count, riskWords } from "../../state/risks";
import { inspectWorktree, sessionsWithWorktree, stashWorktree } from "../../state/worktrees";
import type { WorktreeInfo } from "../../wire/types";
import { Button } from "../common/Button";
import { ErrorNote } from "../common/ErrorNote";
import { Spinner } from "../common/Spinner";
import "./risks.css";

/** The report on a session's worktree, and a way to put aside what is in it. */
export function SessionRisks({ sessionId }: { sessionId: string }) {
  const [info, setInfo] = useState<WorktreeInfo | null | undefined>(undefined);
  const [error, setError] = useState<unknown>(null);
  const look = () => {
    setError(null);
    inspectWorktree(sessionId).then(setInfo, setError);
  };
  useEffect(look, [sessionId]);
  return (
    <div class="risks" role="status">
      {error !== null && <ErrorNote error={error} onRetry={look} />}
      {info === undefined && error === null && (
        <p class="note">
          <Spinner /> Looking at what is in its worktree…
        </p>
      )}
      {info === null && <p>It has no worktree: no work is lost.</p>}
      {info && <Report info={info} sessionId={sessionId} onStashed={setInfo} />}
    </div>
  );
}

interface ReportProps {
  info: WorktreeInfo;
  sessionId: string;
  onStashed: (info: WorktreeInfo) => void;
}

function Report({ info, sessionId, onStashed }: ReportProps) {
  const words = riskWords(info);
  if (!words.length) return <p>{info.stashed ? <Kept at={info.stashed} /> : "Nothing in its worktree would be lost."}</p>;
  return (
    <>
      <p class="risks-found">In its worktree:</p>
      <ul>
        {words.map((word) => (
          <li key={word}>{word}</li>
        ))}
      </ul>
      {info.stashed && (
        <p>
          <Kept at={info.stashed} />
        </p>
      )}
      <p class="note">
        BooCode removes no worktree that holds work: it stays at <code>{info.path}</code>, and “boocode worktrees” lists it.
      </p>
      {canStash(info) && <Stash sessionId={sessionId} onStashed={onStashed} />}
    </>
  );
}

const Kept = ({ at }: { at: string }) => (
  <>
    Put aside. Git keeps it as <code>{at}</code>.
  </>
);

function Stash({ sessionId, onStashed }: Omit<ReportProps, "info">) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const stash = async () => {
    setBusy(true);
    setError(null);
    try {
      onStashed(await stashWorktree(sessionId));
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <p>
        <Button busy={isBusy} onClick={() => void stash()}>
          Stash it first
        </Button>
      </p>
      {error !== null && <ErrorNote error={error} />}
    </>
  );
}

interface Found {
  sessionId: string;
  info: WorktreeInfo;
}

/** The sessions of a project that hold work, each with its report. */
export function ProjectRisks({ projectId }: { projectId: string }) {
  const [found, setFound] = useState<Found[]>([]);
  const [left, setLeft] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const look = () => {
    let isWanted = true;
    setError(null);
    setFound([]);
    inspectAll(projectId, (more, rest) => {
      if (!isWanted) return false;
      if (more) setFound((known) => [...known, more]);
      setLeft(rest);
      return true;
    }).catch((problem: unknown) => isWanted && setError(problem));
    return () => {
      isWanted = false;
    };
  };
  useEffect(look, [projectId]);
  const isLooking = left === null || left > 0;
  return (
    <div class="risks" role="status">
      {error !== null && <ErrorNote error={error} onRetry={look} />}
      {isLooking && error === null && (
        <p class="note">
          <Spinner /> Looking at the worktrees of its sessions{left ? ` (${left} left)` : ""}…
        </p>
      )}
      {!isLooking && !found.length && <p>No session of it holds work that would be lost.</p>}
      {found.length > 0 && <p class="risks-found">{count(found.length, "session")} with work of its own:</p>}
      {found.map(({ sessionId, info }) => (
        <Held key={sessionId} sessionId={sessionId} info={info} />
      ))}
    </div>
  );
}

function Held({ sessionId, info }: Found) {
  const [now, setNow] = useState(info);
  const session = findSession(sessionId)?.session;
  const words = riskWords(now);
  return (
    <section class="risks-session">
      <h3>{session ? sessionName(session) : "A session"}</h3>
      <p>{words.length ? `${words.join(", ")}.` : "Nothing would be lost."}</p>
      {now.stashed && (
        <p class="note">
          <Kept at={now.stashed} />
        </p>
      )}
      {canStash(now) && <Stash sessionId={sessionId} onStashed={setNow} />}
    </section>
  );
}

/**
 * Tells each session that holds work, and how many are still to be looked at; ends when `tell` says false. One after
 * another, so that a project of many sessions does not start hundreds of gits at once.
 */
async function inspectAll(projectId: string, tell: (found: Found | null, left: number) => boolean): Promise<void> {
  const ids = await sessionsWithWorktree(projectId);
  if (!tell(null, ids.length)) return;
  for (const [n, sessionId] of ids.entries()) {
    const info = await inspectWorktree(sessionId);
    const isHeld = info !== null && riskWords(info).length > 0;
    if (!tell(isHeld ? { sessionId, info } : null, ids.length - n - 1)) return;
  }
}
