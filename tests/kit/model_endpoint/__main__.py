"""`python -m tests.kit.model_endpoint --port 9999 [--log FILE]`: the endpoint for work by hand, until Ctrl-C."""

import argparse
import json
from contextlib import suppress

import trio

from tests.kit.model_endpoint import ModelEndpoint, serve_model

LOOK_S = 0.5


async def main(port: int, log: str | None) -> None:
    async with serve_model(port) as endpoint:
        print(f"scripted model at {endpoint.url}/v1", flush=True)
        if log:
            await _write_log(endpoint, log)
        await trio.sleep_forever()


async def _write_log(endpoint: ModelEndpoint, path: str) -> None:
    written = 0
    while True:
        async with await trio.open_file(path, "a") as file:
            for seen in endpoint.requests[written:]:
                await file.write(json.dumps({"path": seen.path, "body": seen.body}) + "\n")
                written += 1
        await trio.sleep(LOOK_S)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9999)
    parser.add_argument("--log")
    options = parser.parse_args()
    with suppress(KeyboardInterrupt):
        trio.run(main, options.port, options.log)
