/** For pages that show a difference only when asked to. */
export { Difference as default } from "./Difference";
