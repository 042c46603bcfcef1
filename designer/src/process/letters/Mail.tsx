/**
 * An e-mail as its recipient sees it.
 *
 * It stands in a sandboxed frame with a policy of its own: under this page's policy no inline style of
 * an e-mail would hold, and an e-mail has no other kind.
 */
import { useEffect, useRef } from "react";

interface Props {
  title: string;
  html: string;
  className?: string | undefined;
  width?: number | undefined;
}

const FRAME = `${import.meta.env.BASE_URL}frame.html`;

export function Mail({ title, html, className, width }: Props) {
  const frame = useRef<HTMLIFrameElement>(null);
  // The frame has no origin that could be named.
  const hand = () => frame.current?.contentWindow?.postMessage(html, "*");
  useEffect(() => {
    frame.current?.contentWindow?.postMessage(html, "*");
  }, [html]);
  return (
    <iframe
      ref={frame}
      sandbox="allow-scripts"
      title={title}
      src={FRAME}
      className={className}
      style={width === undefined ? undefined : { width, maxWidth: "100%" }}
      onLoad={hand}
    />
  );
}
