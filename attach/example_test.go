package attach_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"truce/attach"
)

func ExampleFolder_Put() {
	path, err := os.MkdirTemp("", "attach")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(path)
	folder, err := attach.New(path, attach.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	item, err := folder.Put(context.Background(), strings.NewReader("Two shells fell beside the mill.\n"), attach.Info{Name: "letter.txt"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(item.Type, item.Size, item.Hash.String()[:8])
	r, err := folder.Original(item.Hash)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	fmt.Print(string(text), err, "\n")
	_, err = folder.Put(context.Background(), strings.NewReader("%PDF-1.7"), attach.Info{Name: "letter.txt"})
	fmt.Println(err)
	// Output:
	// text/plain 33 406827ca
	// Two shells fell beside the mill.
	// <nil>
	// name: claims txt, is application/pdf: wrong type (a name and a type that say what the file is)
}
