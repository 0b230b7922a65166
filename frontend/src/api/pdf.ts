import { getDocument, PDFWorker, VerbosityLevel, type PDFDocumentProxy } from 'pdfjs-dist'

export { TextLayer, type PDFDocumentProxy, type PDFPageProxy, type RenderTask } from 'pdfjs-dist'

export interface OpenPdf {
  /** Rejects if it is none, or is locked. */
  document: Promise<PDFDocumentProxy>
  close: () => void
}

/** Reads what is looked at, by ranges, straight from storage. It is understood by a worker, and drawn: it runs nothing. */
export function openPdf(url: string): OpenPdf {
  const port = new Worker(new URL('./pdf.worker.ts', import.meta.url), { type: 'module' })
  const task = getDocument({
    url,
    worker: PDFWorker.create({ port }),
    isEvalSupported: false,
    enableXfa: false,
    useWasm: false,
    disableAutoFetch: true,
    disableStream: true,
    verbosity: VerbosityLevel.ERRORS,
  })
  const close = () => void task.destroy().finally(() => port.terminate())
  return { document: task.promise, close }
}
