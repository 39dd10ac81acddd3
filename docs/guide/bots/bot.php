<?php
$post_data = file_get_contents('php://input');
$received = json_decode($post_data);
if (!isset($received->body)) {  // somebody types, has read, reacts: nothing was said
    http_response_code(204);
    exit;
}
header('Content-Type: application/json');
echo json_encode(array('body' => "Did you say $received->body?"));
