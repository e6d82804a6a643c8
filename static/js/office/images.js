// Pictures in the office: see the chosen file before it leaves, and put the sheet in order by dragging.
// Without this module the file is checked by the server, and two buttons move each picture.

const input = document.querySelector('input[type="file"][data-most]')

function warn(field, message) {
  const id = `${field.id}-poids`
  document.getElementById(id)?.remove()
  if (!message) return
  const note = Object.assign(document.createElement("span"), { id, className: "field-error", textContent: message })
  note.setAttribute("role", "alert")
  field.after(note)
}

async function preview(field) {
  const file = field.files[0]
  const most = Number(field.dataset.most)
  const heavy = file && file.size > most
  warn(field, heavy ? `Ce fichier pèse ${Math.ceil(file.size / 2 ** 20)} Mo : ${most / 2 ** 20} au plus.` : "")
  field.parentElement.querySelector("canvas")?.remove()
  if (!file || heavy) return
  try {
    const bitmap = await createImageBitmap(file)
    const scale = Math.min(1, 320 / bitmap.height, 480 / bitmap.width)
    const canvas = document.createElement("canvas")
    canvas.width = bitmap.width * scale
    canvas.height = bitmap.height * scale
    canvas.setAttribute("role", "img")
    canvas.setAttribute("aria-label", `Image choisie, ${bitmap.width} × ${bitmap.height}`)
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    field.after(canvas)
  } catch {
    // TIFF, which browsers do not draw: the server will say
  }
}

input?.addEventListener("change", () => preview(input))

const sheet = document.querySelector(".images-grid")
let carried = null

function start(item) {
  item.draggable = true
  item.addEventListener("dragstart", event => {
    carried = item
    event.dataTransfer.effectAllowed = "move"
    item.classList.add("carried")
  })
  item.addEventListener("dragend", () => {
    item.classList.remove("carried")
    carried = null
  })
  item.addEventListener("dragover", event => {
    if (!carried || carried === item) return
    event.preventDefault()
    const items = [...sheet.children]
    item[items.indexOf(carried) < items.indexOf(item) ? "after" : "before"](carried)
    document.querySelector(".images-save").hidden = false
  })
}

if (sheet?.children.length > 1) for (const item of sheet.children) start(item)
