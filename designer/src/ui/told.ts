/** Short words at the edge of the screen about what was just done. */
import { notifications } from "@mantine/notifications";

export function tell(message: string): void {
  notifications.show({ message, color: "pine", autoClose: 4000 });
}

export function tellFailure(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  notifications.show({ message, color: "red", autoClose: 8000 });
}
