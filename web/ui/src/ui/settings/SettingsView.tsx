export default function SettingsView() {
  return <h1>Settings</h1>;
}
