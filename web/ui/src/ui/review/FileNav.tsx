import type { JSX, RefObject } from "preact";
import { nameOf, opWord } from "../../state/changes";
import type { PendingChange } from "../../wire/types";
import { Icon } from "../common/Icon";
import { Counts } from "./FileSection";
import { filesIn, goTo } from "./stops";
import "./file-nav.css";

export interface FileNavProps {
  changes: readonly PendingChange[];
  root: RefObject<HTMLElement | null>;
}

/** The names of all changed files, beside their diffs. */
export function FileNav({ changes, root }: FileNavProps): JSX.Element {
  return (
    <nav class="file-nav" aria-label="Changed files">
      <ul>
        {changes.map((change, at) => (
          <li key={change.id}>
            <button type="button" title={nameOf(change)} onClick={() => goTo(filesIn(root.current)[at])}>
              <Icon name={opWord(change.op).icon} />
              <span class="file-nav-name">
                <bdi>{change.path}</bdi>
              </span>
              <Counts change={change} />
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
