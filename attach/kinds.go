package attach

import (
	"mime"
	"path"
	"slices"
	"strings"
)

// kind is a media type that is kept: the other names it goes by, the endings of file names
// that claim it, and the types of bytes (as sniff and examine tell them) that it may be.
type kind struct{ name, also, endings, of string }

// Types that sniff and examine tell and that several kinds share.
const (
	plainText = "text/plain"
	xmlText   = "text/xml"
	zipped    = "application/zip"
	oldOffice = "application/x-ole-storage"
	docx      = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsx      = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	pptx      = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	odt       = "application/vnd.oasis.opendocument.text"
	ods       = "application/vnd.oasis.opendocument.spreadsheet"
	odp       = "application/vnd.oasis.opendocument.presentation"
	kmz       = "application/vnd.google-earth.kmz"
	mp4Family = "video/mp4 video/quicktime video/3gpp audio/mp4"
)

// kinds are all types that are kept. Nothing else comes in: programs, scripts, drawings
// that hold scripts, and archives that cannot be examined have no line here.
var kinds = []kind{
	{"image/jpeg", "image/jpg image/pjpeg", "jpg jpeg jpe jfif", "image/jpeg"},
	{"image/png", "image/x-png image/apng", "png apng", "image/png"},
	{"image/gif", "", "gif", "image/gif"},
	{"image/webp", "", "webp", "image/webp"},
	{"image/tiff", "image/tif image/x-adobe-dng", "tif tiff dng", "image/tiff"},
	{"image/heic", "image/heif", "heic heif", "image/heic"},
	{"image/avif", "", "avif", "image/avif"},
	{"image/bmp", "image/x-ms-bmp", "bmp", "image/bmp"},
	{"video/mp4", "video/x-m4v", "mp4 m4v", mp4Family},
	{"video/quicktime", "", "mov qt", mp4Family},
	{"video/3gpp", "audio/3gpp video/3gpp2", "3gp 3g2", mp4Family},
	{"audio/mp4", "audio/x-m4a audio/m4a", "m4a", mp4Family},
	{"video/webm", "audio/webm", "webm", "video/webm video/x-matroska"},
	{"video/x-matroska", "video/matroska", "mkv", "video/webm video/x-matroska"},
	{"video/x-msvideo", "video/avi", "avi", "video/x-msvideo"},
	{"audio/mpeg", "audio/mp3", "mp3", "audio/mpeg"},
	{"audio/ogg", "application/ogg video/ogg audio/opus", "ogg oga ogv opus", "audio/ogg"},
	{"audio/wav", "audio/x-wav audio/wave audio/vnd.wave", "wav", "audio/wav"},
	{"audio/flac", "audio/x-flac", "flac", "audio/flac"},
	{"audio/amr", "", "amr", "audio/amr"},
	{"audio/aac", "audio/x-aac", "aac", "audio/aac"},
	{"application/pdf", "application/x-pdf", "pdf", "application/pdf"},
	{docx, "", "docx", docx},
	{xlsx, "", "xlsx", xlsx},
	{pptx, "", "pptx", pptx},
	{odt, "", "odt", odt},
	{ods, "", "ods", ods},
	{odp, "", "odp", odp},
	{kmz, "", "kmz", kmz + " " + zipped},
	{zipped, "application/x-zip-compressed application/x-zip", "zip", strings.Join([]string{zipped, docx, xlsx, pptx, odt, ods, odp, kmz}, " ")},
	{"application/msword", "", "doc", oldOffice},
	{"application/vnd.ms-excel", "", "xls", oldOffice},
	{"application/vnd.ms-powerpoint", "", "ppt", oldOffice},
	{"application/vnd.ms-outlook", "", "msg", oldOffice},
	{oldOffice, "", "", oldOffice},
	{"text/rtf", "application/rtf", "rtf", "text/rtf"},
	{"text/csv", "application/csv application/vnd.ms-excel text/tab-separated-values", "csv tsv", plainText},
	{"application/geo+json", "", "geojson", plainText},
	{"application/json", "text/json application/x-ndjson", "json jsonl ndjson", plainText},
	{"message/rfc822", "", "eml mht mhtml", plainText},
	{"text/markdown", "", "md", plainText},
	{"text/vcard", "text/x-vcard", "vcf", plainText},
	{plainText, "", "txt text log", plainText},
	{"application/vnd.google-earth.kml+xml", "", "kml", xmlText},
	{"application/gpx+xml", "", "gpx", xmlText},
	{xmlText, "application/xml", "xml", xmlText},
	{"text/html", "application/xhtml+xml", "html htm xhtml", "text/html"},
}

// keptTypes says in short what kinds lists.
const keptTypes = "a picture, film, sound, PDF, office file, text or zip"

// programs are endings by which a system runs a file, whatever its bytes are.
var programs = strings.Fields(`apk app bat bin cmd com command cpl deb desktop dll dmg elf exe gadget hta iso jar js jse lnk
	mjs msc msi msp pif ps1 py reg rpm scr sh svg swf url vb vbe vbs wasm ws wsf wsh xhta xll docm dotm xlsm xltm xlam pptm potm ppam`)

// claims reports whether a claim, by media type or ending, fits k.
func (k kind) claims(claim string) bool {
	return k.name == claim || slices.Contains(strings.Fields(k.also), claim) || slices.Contains(strings.Fields(k.endings), claim)
}

// agree returns the type under which bytes of the type is are kept. The ending of the name
// speaks first, as a sender's program often knows less than the sender; each claim must be
// true by itself.
func agree(info Info, is string) (string, error) {
	ending, claimed, err := info.claimed()
	if err != nil {
		return "", err
	}
	kept := ""
	if !slices.ContainsFunc(kinds, func(k kind) bool { return k.name == is }) {
		return "", refuseFor(ErrType, "content", "is "+is+orEmpty(" and claims ", orElse(claimed, ending)), keptTypes)
	}
	for _, c := range []struct{ at, claim string }{{"name", ending}, {"type", claimed}} {
		if c.claim == "" {
			continue
		}
		name, err := fits(c.at, c.claim, is)
		if err != nil {
			return "", err
		}
		if kept == "" {
			kept = name
		}
	}
	if kept == "" {
		return fits("content", is, is)
	}
	return kept, nil
}

// fits returns the kind that a claim names and that bytes of the type is may be.
func fits(at, claim, is string) (string, error) {
	for _, k := range kinds {
		if k.claims(claim) && slices.Contains(strings.Fields(k.of), is) {
			return k.name, nil
		}
	}
	if !slices.ContainsFunc(kinds, func(k kind) bool { return k.claims(claim) }) {
		return "", refuseFor(ErrType, at, "claims "+printable(claim)+", which is no type that is kept", keptTypes)
	}
	return "", refuseFor(ErrType, at, "claims "+printable(claim)+", is "+is, "a name and a type that say what the file is")
}

// claimed returns the ending and the media type that are claimed; empty claims nothing. An
// ending that no kind knows ("statement v1.2") claims nothing, but one of a program is refused.
func (i Info) claimed() (ending, media string, err error) {
	ending = strings.ToLower(strings.TrimPrefix(path.Ext(strings.TrimRight(i.Name, ". ")), "."))
	if slices.Contains(programs, ending) {
		return "", "", refuseFor(ErrType, "name", "ends in ."+ending+", which a system would run", "a file that is no program")
	}
	if !slices.ContainsFunc(kinds, func(k kind) bool { return ending != "" && slices.Contains(strings.Fields(k.endings), ending) }) {
		ending = ""
	}
	if strings.TrimSpace(i.Type) == "" {
		return ending, "", nil
	}
	media, _, err = mime.ParseMediaType(i.Type)
	if err != nil {
		return "", "", refuseFor(ErrType, "type", "not a media type", "a type such as image/jpeg, or none")
	}
	if media == "application/octet-stream" || media == "binary/octet-stream" {
		media = ""
	}
	return ending, media, nil
}

// orEmpty returns before and s, or nothing if s is empty.
func orEmpty(before, s string) string {
	if s == "" {
		return ""
	}
	return before + printable(s)
}
