package web

import (
	"bytes"
	"image"
	"image/color"
	"image/png"

	"truce/people"
)

func peoplePost(name string) people.Post {
	return people.Post{Name: name, Roles: []string{"desk"}, Org: "mission"}
}

// picturePNG is a small picture.
func picturePNG() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for i := range 8 {
		m.Set(i, i, color.RGBA{200, 30, 60, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}
