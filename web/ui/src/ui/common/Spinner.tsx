import "./spinner.css";

/** Decoration; say in words beside it, or by `aria-busy`, what is waited for. With `label` it says so itself. */
export function Spinner({ label }: { label?: string | undefined }) {
  return label ? <span class="spinner" role="img" aria-label={label} /> : <span class="spinner" aria-hidden="true" />;
}
