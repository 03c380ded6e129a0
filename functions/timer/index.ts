import { compose } from "../../shared/compose.ts";
import { serve } from "../../shared/fc/server.ts";
import { createHandler } from "./handler.ts";

const TABLE_PATIENCE_MS = 20_000;

const deps = compose([], TABLE_PATIENCE_MS);

serve({ handle: createHandler(deps) }, deps);
