import { useEffect, useState } from "preact/hooks";
import { ApiError, api } from "../../net/api";
import { connection, live } from "../../net/live";
import { announce } from "../common/announce";
import { Button } from "../common/Button";
import { Icon } from "../common/Icon";
import { Spinner } from "../common/Spinner";
import "./banner.css";

const LOST = "BooCode cannot be reached. Trying again… What you write is kept.";
const BACK = "BooCode is there again. The page is up to date.";
/** A short gap is none: it is not spoken of. */
const PATIENCE_MS = 700;

/** Says that the server is away, and when it is back. It comes back by itself. */
export function ConnectionBanner() {
  const isLost = connection.value === "lost";
  const [isShown, setShown] = useState(false);
  const [refused, setRefused] = useState("");
  useEffect(() => {
    if (!isLost) {
      if (isShown) announce(BACK);
      setShown(false);
      setRefused("");
      return;
    }
    const timer = setTimeout(() => {
      setShown(true);
      announce(LOST);
      void whyRefused().then(setRefused);
    }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isLost]);
  if (!isShown) return null;
  return (
    <section class="banner" aria-label="Connection">
      {refused ? <Icon name="warning" /> : <Spinner />}
      <span>{refused || LOST}</span>
      {refused ? (
        <Button isSmall onClick={() => location.reload()}>
          Reload the page
        </Button>
      ) : (
        <Button isSmall onClick={live.drop}>
          Try now
        </Button>
      )}
    </section>
  );
}

/** The socket cannot tell a server that is away from one that wants a token. "": it is away. */
async function whyRefused(): Promise<string> {
  try {
    await api.get("settings");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return error.message;
  }
  return "";
}
