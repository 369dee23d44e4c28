/** The live tree of actors: what runs, what failed, why, and what to do about it. */
export default function SupervisionView() {
  return <section aria-label="Supervision" />;
}
