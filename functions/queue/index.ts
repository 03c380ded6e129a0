import { compose } from "../../shared/compose.ts";
import { serve } from "../../shared/fc/server.ts";
import { createHandler } from "./handler.ts";
import { ReactionBook } from "./reaction-book.ts";

/** A batch that fails comes back, and what it stored is found again. */
const TABLE_PATIENCE_MS = 20_000;

const deps = compose([], TABLE_PATIENCE_MS);

serve(
	{ handle: createHandler({ ...deps, reactions: new ReactionBook(deps.reactions, deps.clock) }) },
	deps,
);
