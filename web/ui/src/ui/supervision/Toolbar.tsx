import { rows, tree, troubleCount } from "../../state/supervision";
import { active, filter, isFiltering, isOnlyTrouble, setCollapsed } from "../../state/supervisionLooking";
import { childrenOf } from "../../state/supervisionTree";
import { Button } from "../common/Button";
import { Icon } from "../common/Icon";
import "./toolbar.css";

/** Which of the actors are shown. */
export function Toolbar() {
  return (
    <div class="sv-toolbar" role="search" aria-label="Actors">
      <label class="sv-filter">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Filter actors"
          placeholder="Filter: name, type, agent, chat, pid"
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
          onKeyDown={leave}
        />
      </label>
      <label class="sv-only">
        <input
          type="checkbox"
          checked={isOnlyTrouble.value}
          onChange={(event) => {
            isOnlyTrouble.value = event.currentTarget.checked;
          }}
        />
        Only trouble{troubleCount.value > 0 && ` (${troubleCount.value})`}
      </label>
      <span class="sv-expanders">
        <Button kind="quiet" isSmall disabled={isFiltering.value} onClick={() => setCollapsed([])}>
          Expand all
        </Button>
        <Button kind="quiet" isSmall disabled={isFiltering.value} onClick={collapseAll}>
          Collapse all
        </Button>
      </span>
    </div>
  );
}

/** All but the root: one sees at least who answers for what. */
function collapseAll(): void {
  const { root, nodes } = tree.value;
  setCollapsed([...nodes.keys()].filter((path) => path !== root && childrenOf(tree.value, path).length));
}

/** Down into the tree; Esc empties the filter first. */
function leave(event: KeyboardEvent): void {
  if (event.key === "ArrowDown" || event.key === "Enter") {
    const first = rows.value.find((row) => !row.isPassage) ?? rows.value[0];
    if (first) active.value = first.path;
    focusTree(event);
  } else if (event.key === "Escape") {
    if (filter.value) filter.value = "";
    else focusTree(event);
    event.preventDefault();
    event.stopPropagation();
  }
}

function focusTree(event: KeyboardEvent): void {
  event.preventDefault();
  const field = event.currentTarget as HTMLElement;
  // The row gets its place in the order of Tab when it is drawn as the active one.
  requestAnimationFrame(() => field.closest(".sv")?.querySelector<HTMLElement>('.sv-row[tabindex="0"]')?.focus());
}
