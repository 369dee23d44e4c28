"""One long-lived job a file. Actors know the kernel, the domain, the contracts and the ports; nothing above."""
