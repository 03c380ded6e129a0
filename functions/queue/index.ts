import { compose } from "../../shared/compose.ts";
import { serve } from "../../shared/fc/server.ts";
import { createHandler } from "./handler.ts";
import { ReactionBook } from "./reaction-book.ts";

const deps = compose([]);

serve(
	{ handle: createHandler({ ...deps, reactions: new ReactionBook(deps.reactions, deps.clock) }) },
	deps,
);
