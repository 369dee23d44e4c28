import { render } from "preact";
import { live } from "./net/live";
import "./styles/base.css";

live.start();
const root = document.getElementById("app");
if (root) render(<main>BooCode</main>, root);
