export default function WelcomeView() {
  return <h1>Welcome</h1>;
}
