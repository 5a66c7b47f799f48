import { isConnectionError } from "../network/network.ts";
import { Button } from "./button.tsx";
import { Problem } from "./problem.tsx";

/** In place of a panel's content that could not be loaded. */
export function PanelProblem({ title, error, retry }: { title: string; error: Error; retry: () => void }) {
  const detail = isConnectionError(error) ? "The server can't be reached." : error.message;
  return <Problem title={title} detail={detail} action={<Button onClick={retry}>Retry</Button>} />;
}
