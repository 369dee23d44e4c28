export default function ProvidersView() {
  return <h1>Providers</h1>;
}
