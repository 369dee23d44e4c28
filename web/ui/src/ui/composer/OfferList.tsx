import { useLayoutEffect } from "preact/hooks";
import { revealed } from "../../state/unseen";
import type { Shown } from "./useOffers";

export interface OfferListProps {
  id: string;
  shown: Shown;
  onTake: (row: number) => void;
}

export const rowId = (id: string, row: number): string => `${id}-${row}`;

/** The list above the text. The focus stays in the text, which tells the row by `aria-activedescendant`. */
export function OfferList({ id, shown, onTake }: OfferListProps) {
  const { asked, offers, at, isTruncated } = shown;
  useLayoutEffect(() => document.getElementById(rowId(id, at))?.scrollIntoView({ block: "nearest" }), [at, offers]);
  return (
    <div class="offers">
      <ul id={id} class="offers-list" role="listbox" aria-label={asked.kind === "command" ? "Commands" : "Files"}>
        {offers.map((offer, row) => (
          <li
            key={offer.id}
            id={rowId(id, row)}
            role="option"
            aria-selected={row === at}
            class={row === at ? "offer offer-at" : "offer"}
            onMouseDown={(event) => {
              event.preventDefault(); // the text keeps the focus
              onTake(row);
            }}
          >
            <b>{revealed(offer.label)}</b>
            {offer.hint && <span class="note">{revealed(offer.hint)}</span>}
          </li>
        ))}
      </ul>
      {isTruncated && <p class="note offers-more">More files fit: write on to narrow the list.</p>}
    </div>
  );
}
